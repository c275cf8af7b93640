import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, GetRoleCommand } from "@aws-sdk/client-iam";
import { type BrevetHome, type Ended, inBrevetHome } from "../../scripts/brevet-home.ts";
import { createPolicy, type Moto, POLICY_ARN, startMoto } from "./moto-server.ts";

let moto: Moto;
before(async () => {
  moto = await startMoto();
});
after(() => moto.stop());
beforeEach(async () => {
  await fetch(`${moto.url}/moto-api/reset`, { method: "POST" });
  await createPolicy(moto);
});

const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
const PEOPLE = `{ "identities": { "work": { "kind": "oidc", "issuer": "https://id.example/realms/dev", "clientId": "brevet" } } }\n`;

async function withDevice(
  work: (home: BrevetHome, setup: (...words: readonly string[]) => Ended) => Promise<void>,
): Promise<void> {
  await inBrevetHome(async (home) => {
    home.write(".config/brevet/config.json", "{}\n");
    const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
    assert.equal(home.brevet("init", "laptop", "--signer", "software").status, 0);
    await work(home, (...words) =>
      home.brevetWith(moto.environment, "setup", "aws", "--wait", "0", "--program", program, ...words),
    );
  });
}

function refuses({ status, stderr }: Ended, code: string): void {
  assert.notEqual(status, 0);
  assert.equal(/\(([A-Z_]+)\)$/m.exec(stderr)?.[1], code, stderr);
}

describe("setup aws refuses before anything is made", () => {
  it("a role that joins and one that is created, at once, and flags of the other", () =>
    withDevice(async (_home, setup) => {
      refuses(setup("--policy-arn", POLICY_ARN, "--role", `arn:aws:iam::123456789012:role/dev`), "USAGE_INVALID");
      refuses(setup("--role", "arn:aws:iam::123456789012:role/dev", "--stack-name", "x"), "USAGE_INVALID");
      refuses(setup("--policy-arn", POLICY_ARN, "--allow-domain", "example.com"), "USAGE_INVALID");
    }));

  it("what AWS would not take", () =>
    withDevice(async (_home, setup) => {
      const before = await moto.snapshot();
      refuses(setup("--policy-arn", "MyDevPolicy"), "ARN_INVALID");
      refuses(setup("--policy-arn", POLICY_ARN.replace("MyDevPolicy", "NoSuchPolicy")), "RESOURCE_FAILED");
      refuses(setup("--policy-arn", POLICY_ARN, "--stack-name", "1x"), "NAME_INVALID");
      refuses(setup("--policy-arn", POLICY_ARN, "--max-session-duration", "13h"), "DURATION_INVALID");
      refuses(setup("--policy-arn", POLICY_ARN, "--tag", "aws:x=y"), "NAME_INVALID");
      assert.deepEqual(await moto.snapshot(), before);
    }));

  it("names that somebody else has, and says which would be free", () =>
    withDevice(async (_home, setup) => {
      await moto.iam.send(new CreateRoleCommand({ RoleName: "brevet-device-role", AssumeRolePolicyDocument: TRUST }));
      const before = await moto.snapshot();
      refuses(setup("--policy-arn", POLICY_ARN), "PLAN_CONFLICT");
      assert.deepEqual(await moto.snapshot(), before);
      assert.equal(setup("--policy-arn", POLICY_ARN, "--role-name", "mine").status, 0);
      await withDevice(async (_other, setupOther) => {
        const ended = setupOther("--policy-arn", POLICY_ARN);
        refuses(ended, "PLAN_CONFLICT");
        const [, words = ""] = /`(--stack-name \S+ --role-name \S+)`/.exec(ended.stderr) ?? [];
        assert.equal(setupOther("--policy-arn", POLICY_ARN, ...words.split(" ")).status, 0);
      });
    }));

  it("people of whom nobody is named, and a provider that lacks the audience", () =>
    withDevice(async (home, setup) => {
      home.write(".config/brevet/config.json", PEOPLE);
      refuses(setup("--policy-arn", POLICY_ARN), "USAGE_INVALID");
      const provider = { Url: "https://id.example/realms/dev", ClientIDList: ["another"] };
      await moto.iam.send(new CreateOpenIDConnectProviderCommand(provider));
      refuses(setup("--policy-arn", POLICY_ARN, "--allow-domain", "example.com"), "AUDIENCE_INVALID");
      const made = setup("--policy-arn", POLICY_ARN, "--allow-domain", "example.com", "--audience", "another");
      assert.equal(made.status, 0, made.stderr);
      const { Role: role } = await moto.iam.send(new GetRoleCommand({ RoleName: "brevet-device-role" }));
      const [statement] = JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? "")).Statement;
      assert.deepEqual(statement.Condition, {
        StringEquals: { "id.example/realms/dev:aud": "another" },
        StringLike: { "id.example/realms/dev:sub": ["*@example.com"] },
      });
      assert.equal(home.brevetWith(moto.environment, "unsetup").status, 0);
      const { providers } = (await moto.snapshot()) as { readonly providers: readonly string[] };
      assert.equal(providers.length, 1, "the provider of others was taken away");
    }));
});

describe("setup aws, run again", () => {
  it("changes what is to be different, and keeps the rest", () =>
    withDevice(async (home, setup) => {
      assert.equal(setup("--policy-arn", POLICY_ARN).status, 0);
      const config = home.read(".config/brevet/config.json");
      assert.match(setup("--policy-arn", POLICY_ARN).stderr, /everything was as it should be/);
      assert.equal(setup("--policy-arn", POLICY_ARN, "--max-session-duration", "4h").status, 0);
      const { Role: role } = await moto.iam.send(new GetRoleCommand({ RoleName: "brevet-device-role" }));
      assert.equal(role?.MaxSessionDuration, 14_400);
      assert.equal(home.read(".config/brevet/config.json"), config);
    }));

  it("makes again what was lost of the config and of AWS's own, for the stack that it finds by its tag", () =>
    withDevice(async (home, setup) => {
      const before = home.read(".config/brevet/config.json");
      assert.equal(setup("--policy-arn", POLICY_ARN).status, 0);
      const [made, config, aws] = [await moto.snapshot(), home.read(".config/brevet/config.json"), home.read(".aws/config")];
      rmSync(join(home.home, ".local/state/brevet/setups"), { recursive: true });
      rmSync(join(home.home, ".aws"), { recursive: true });
      home.write(".config/brevet/config.json", before);
      const again = setup("--policy-arn", POLICY_ARN);
      assert.equal(again.status, 0, again.stderr);
      assert.deepEqual(
        [await moto.snapshot(), home.read(".config/brevet/config.json"), home.read(".aws/config")],
        [made, config, aws],
      );
      assert.equal(home.brevetWith(moto.environment, "unsetup").status, 0);
    }));

  it("finds its stack by the tag when its records were lost", () =>
    withDevice(async (home, setup) => {
      const clean = await moto.snapshot();
      assert.equal(setup("--policy-arn", POLICY_ARN).status, 0);
      rmSync(join(home.home, ".local/state/brevet/setups"), { recursive: true });
      assert.equal(setup("--policy-arn", POLICY_ARN).status, 0);
      assert.equal(home.brevetWith(moto.environment, "unsetup").status, 0);
      assert.deepEqual(await moto.snapshot(), clean);
    }));
});
