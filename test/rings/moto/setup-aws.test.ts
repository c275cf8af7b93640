import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { poolIdOf } from "../../../src/setup/gcp/trust-names.ts";
import { type BrevetHome, inBrevetHome } from "../../scripts/brevet-home.ts";
import { type Moto, POLICY_ARN, startMoto } from "./moto-server.ts";

let moto: Moto;
before(async () => {
  moto = await startMoto();
});
after(() => moto.stop());

/** A setup of Google Cloud as it is recorded, of a project that nobody asks here. */
function rememberGoogle(home: BrevetHome, owner: string, issuerUri: string): void {
  const common = { does: "create it", owner: "nobody", before: null };
  const provider = { project: "123456789012", pool: poolIdOf(owner), provider: "brevet", owner };
  const steps = [
    { ...common, id: "gcp-provider", kind: "gcp-provider", address: provider, after: JSON.stringify({ issuerUri }) },
    { ...common, id: "gcp-role-roles-viewer", kind: "gcp-binding", address: { role: "roles/viewer" }, after: "{}" },
  ].map((step) => ({ step, progress: "done", facts: {} }));
  const command = "brevet setup gcp --project 123456789012 --role roles/viewer --direct";
  const record = { version: 1, id: "gcp-gcp", title: "Google", command, changedAt: 1, sequence: 1, steps };
  home.write(".local/state/brevet/setups/gcp-gcp.json", JSON.stringify(record));
}

describe("setup aws --policy-arn", () => {
  it("creates the stack, publishes and writes the profiles; unsetup leaves the account and the home as they were", () =>
    inBrevetHome(async (home) => {
      home.write(".config/brevet/config.json", "{}\n");
      const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      assert.equal(home.brevet("init", "laptop", "--signer", "software").status, 0);
      const before = await moto.snapshot();
      const config = home.read(".config/brevet/config.json");
      const setup = ["setup", "aws", "--policy-arn", POLICY_ARN, "--wait", "0", "--program", program];
      const refused = home.brevetWith(moto.environment, ...setup, "--endpoint-url", "https://alice:word@sts.example.com");
      assert.match(refused.stderr, /--endpoint-url: the URL of sts\.example\.com holds .* a password.* \(URL_INVALID\)/);
      assert.deepEqual(await moto.snapshot(), before);
      const made = home.brevetWith(moto.environment, ...setup);
      assert.equal(made.status, 0, made.stderr);
      assert.match(made.stdout, /^Issuer URL {2}https:\/\/\w+\.cloudfront\.net\/laptop-\w+$/m);
      assert.match(home.read(".aws/config"), /^\[profile brevet\]$/m);
      const gone = home.brevetWith(moto.environment, "unsetup");
      assert.equal(gone.status, 0, gone.stderr);
      assert.deepEqual(await moto.snapshot(), before);
      assert.equal(home.read(".config/brevet/config.json"), config);
    }));

  it("hosts an issuer in place of the name that setup gcp made up, and unsetup gives that name back", () =>
    inBrevetHome(async (home) => {
      home.write(".config/brevet/config.json", "{}\n");
      const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      assert.equal(home.brevet("init", "laptop", "--signer", "software").status, 0);
      const made = JSON.parse(home.read(".config/brevet/config.json")) as { identities: { laptop: { subject: string } } };
      const { laptop } = made.identities;
      const issuer = `https://${laptop.subject}.brevet.invalid`;
      const config = `${JSON.stringify({ ...made, identities: { laptop: { ...laptop, issuer } } }, null, 2)}\n`;
      home.write(".config/brevet/config.json", config);
      const before = await moto.snapshot();
      const setup = ["setup", "aws", "--policy-arn", POLICY_ARN, "--wait", "0", "--program", program];
      rememberGoogle(home, laptop.subject, issuer);
      const refused = home.brevetWith(moto.environment, ...setup);
      assert.equal(refused.status, 5, refused.stderr);
      assert.match(refused.stderr, /gcp-gcp trusts the issuer https:\S+\.brevet\.invalid of laptop.* \(ISSUER_IN_USE\)/);
      assert.match(refused.stderr, /`brevet setup aws --policy-arn .* --change-issuer`/);
      assert.deepEqual(await moto.snapshot(), before);
      const ended = home.brevetWith(moto.environment, ...setup, "--change-issuer");
      assert.equal(ended.status, 0, ended.stderr);
      assert.match(
        ended.stderr,
        /^change +the issuer of laptop from https:\S+\.brevet\.invalid to what the stack brevet-infra serves/m,
      );
      const again = "brevet setup gcp --project 123456789012 --role roles/viewer --direct --identity laptop";
      assert.ok(ended.stderr.includes(`run \`${again}\``), ended.stderr);
      const [, hosted] = /^Issuer URL {2}(https:\/\/\w+\.cloudfront\.net\/laptop-\w+)$/m.exec(ended.stdout) ?? [];
      const { identities } = JSON.parse(home.read(".config/brevet/config.json")) as {
        identities: { laptop: { issuer: string } };
      };
      assert.equal(identities.laptop.issuer, hosted);
      rememberGoogle(home, laptop.subject, hosted ?? "");
      const kept = home.brevetWith(moto.environment, "unsetup", "aws-brevet");
      assert.equal(kept.status, 5, kept.stderr);
      assert.match(kept.stderr, /gcp-gcp trusts the issuer of aws-brevet \(ISSUER_IN_USE\)/);
      const gone = home.brevetWith(moto.environment, "unsetup", "aws-brevet", "--even-if-trusted");
      assert.equal(gone.status, 0, gone.stderr);
      assert.deepEqual(await moto.snapshot(), before);
      assert.equal(home.read(".config/brevet/config.json"), config);
    }));

  it("is told, where its device gets another issuer, by a command that lets the same stack trust that one", () =>
    inBrevetHome(async (home) => {
      home.write(".config/brevet/config.json", "{}\n");
      const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      assert.equal(home.brevet("init", "laptop", "--signer", "software").status, 0);
      const setup = ["setup", "aws", "--policy-arn", POLICY_ARN, "--hosting", "s3", "--wait", "0", "--program", program];
      const made = home.brevetWith(moto.environment, ...setup, "--stack-name", "hosting", "--role-name", "hosting");
      assert.equal(made.status, 0, made.stderr);
      const changed = home.brevet("issuer", "generate", "--issuer", "https://id.example.com/laptop", "--change-issuer");
      const [, again = ""] = /run `brevet ([^`]+)`/.exec(changed.stderr) ?? [];
      const followed = home.brevetWith(moto.environment, ...again.split(" "));
      assert.equal(followed.status, 0, followed.stderr);
      assert.match(followed.stdout, /^Issuer URL {2}https:\/\/id\.example\.com\/laptop$/m);
      assert.match(home.read(".config/brevet/config.json"), /"https:\/\/id\.example\.com\/laptop"/);
    }));

  it("with --token-audience lets the role ask for tokens, says which issuer signs them, and takes the right away again", () =>
    inBrevetHome(async (home) => {
      home.write(".config/brevet/config.json", "{}\n");
      const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      assert.equal(home.brevet("init", "laptop", "--signer", "software").status, 0);
      const before = await moto.snapshot();
      const setup = ["setup", "aws", "--policy-arn", POLICY_ARN, "--wait", "0", "--program", program];
      const bridge = ["--token-audience", "api://AzureADTokenExchange"];
      const inline = async (): Promise<readonly string[]> =>
        (await moto.iam.send(new ListRolePoliciesCommand({ RoleName: "brevet-device-role" }))).PolicyNames ?? [];
      const made = home.brevetWith(moto.environment, ...setup, ...bridge, "--json");
      assert.equal(made.status, 0, made.stderr);
      const { tokenIssuer } = JSON.parse(made.stdout) as { tokenIssuer: string };
      assert.match(tokenIssuer, /^https:\/\/[0-9a-f-]{36}\.tokens\.sts\.global\.api\.aws$/);
      assert.deepEqual(await inline(), ["brevet-tokens"]);
      const { profiles } = JSON.parse(home.read(".config/brevet/config.json")) as { profiles: Record<string, unknown> };
      assert.deepEqual(profiles["brevet-token"], { via: "brevet", awsToken: { audience: "api://AzureADTokenExchange" } });

      const again = home.brevetWith(moto.environment, ...setup, ...bridge);
      assert.equal(again.status, 0, again.stderr);
      assert.ok(again.stdout.includes(tokenIssuer), "the account has one issuer, whoever turns it on");
      assert.equal(home.brevetWith(moto.environment, ...setup).status, 0);
      assert.deepEqual(await inline(), []);
      const gone = home.brevetWith(moto.environment, "unsetup");
      assert.equal(gone.status, 0, gone.stderr);
      assert.deepEqual(await moto.snapshot(), before);
    }));
});
