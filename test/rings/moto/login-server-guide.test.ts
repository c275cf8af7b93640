import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, beforeEach, describe, it } from "node:test";
import { CreateStackCommand, waitUntilStackCreateComplete } from "@aws-sdk/client-cloudformation";
import { GetOpenIDConnectProviderCommand, GetRoleCommand, ListOpenIDConnectProvidersCommand } from "@aws-sdk/client-iam";
import { guideBlock, guideCommands, guidePolicy, type TrustPolicy } from "../../guide-policies.ts";
import { inBrevetHome } from "../../scripts/brevet-home.ts";
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

/** moto has none of AWS's own policies: a policy of the account stands in for the guide's. */
const here = (text: string): string => text.replaceAll("arn:aws:iam::aws:policy/ReadOnlyAccess", POLICY_ARN);

const DOMAIN = "Everybody of a domain";

/** The provider and the conditions of the role that are in the account. */
async function trustThere(): Promise<unknown> {
  const { OpenIDConnectProviderList: [provider] = [] } = await moto.iam.send(new ListOpenIDConnectProvidersCommand({}));
  const known = await moto.iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: provider?.Arn }));
  const { Role: role } = await moto.iam.send(new GetRoleCommand({ RoleName: "developer" }));
  const policy = JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? "")) as TrustPolicy;
  return { url: known.Url, audiences: known.ClientIDList, ...decisive(policy) };
}

/** What decides who comes in, whatever else a tool has written beside it, and whether it writes one value as a list. */
function decisive({ Statement: [statement] }: TrustPolicy): Readonly<Record<string, unknown>> {
  const conditions = Object.entries(statement?.Condition ?? {}).map(([operator, keys]) => [
    operator,
    Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, [value].flat()])),
  ]);
  return { actions: [...(statement?.Action ?? [])].sort(), conditions: Object.fromEntries(conditions) };
}

const expected = { url: "id.example.com", audiences: ["https://id.example.com"], ...decisive(guidePolicy(DOMAIN)) };

describe("the guide for AWS and the login server", { concurrency: false }, () => {
  it("has a template that CloudFormation takes, and that makes what the guide's policy says", async () => {
    const TemplateBody = here(guideBlock("### CloudFormation, with the role", "yaml"));
    const Capabilities = ["CAPABILITY_NAMED_IAM" as const];
    await moto.cloudFormation.send(new CreateStackCommand({ StackName: "login-server", TemplateBody, Capabilities }));
    await waitUntilStackCreateComplete(
      { client: moto.cloudFormation, minDelay: 1, maxDelay: 2, maxWaitTime: 30 },
      { StackName: "login-server" },
    );
    assert.deepEqual(await trustThere(), expected);
  });

  it("has commands that the aws command takes", async () => {
    await inBrevetHome(async ({ home, environment, write }) => {
      write("trust.json", JSON.stringify(guidePolicy(DOMAIN)));
      const lines = here([guideCommands("### AWS CLI"), guideCommands("## 2. The role")].join("\n"));
      execFileSync("sh", ["-e", "-c", lines], {
        cwd: home,
        env: { ...environment, ...moto.environment, AWS_DEFAULT_REGION: "us-east-1" },
        encoding: "utf8",
      });
      assert.deepEqual(await trustThere(), expected);
    });
  });

  it("has a line of brevet that makes the same by one stack, for an identity at the server", async () => {
    await inBrevetHome(async ({ brevetWith, write }) => {
      write(".config/brevet/config.json", '{ "identities": { "id": { "kind": "server", "url": "https://id.example.com" } } }');
      const [, words = ""] = /^brevet (setup aws --policy-arn .*)$/m.exec(guideCommands("# AWS and the login server")) ?? [];
      const ended = brevetWith({ ...moto.environment }, ...here(words).split(" "), "--program", process.execPath);
      assert.equal(ended.status, 0, ended.stderr);
      assert.deepEqual(await trustThere(), expected);
    });
  });

  it("asks for no group by a tag that a login server does not send", async () => {
    await inBrevetHome(async ({ brevetWith, write }) => {
      write(".config/brevet/config.json", '{ "identities": { "id": { "kind": "server", "url": "https://id.example.com" } } }');
      const words = ["setup", "aws", "--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess", "--allow-group", "platform"];
      const { status, stderr } = brevetWith({ ...moto.environment }, ...words, "--dry-run");
      assert.equal(status, 2);
      assert.match(stderr, /a login server sends groups as tags of their own/);
    });
  });
});
