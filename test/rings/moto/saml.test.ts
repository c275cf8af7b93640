import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { CreateStackCommand } from "@aws-sdk/client-cloudformation";
import {
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  GetRoleCommand,
  GetSAMLProviderCommand,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
  ListSAMLProvidersCommand,
  UpdateRoleCommand,
  UpdateSAMLProviderCommand,
} from "@aws-sdk/client-iam";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";
import { awsClients } from "../../../src/provisioners/aws/clients.ts";
import { samlProvisioner } from "../../../src/provisioners/aws/saml-provisioner.ts";
import { samlProviderFile } from "../../../src/sandbox/iam/saml-providers.ts";
import { type SamlTrust, wantedSamlSteps } from "../../../src/setup/aws/saml-trust.ts";
import type { Step } from "../../../src/setup/plan.ts";
import { plannedStep } from "../../../src/setup/planned-step.ts";
import { type ProvisionerWorld, provisionerContract } from "../../contracts/provisioner.ts";
import { openSamlWorld } from "../../flows/bad-input/saml-world.ts";
import { type BrevetHome, inBrevetHome } from "../../scripts/brevet-home.ts";
import { type AdminPolicy, administrator, judging, withoutResources } from "./administrators.ts";
import { ACCOUNT, createPolicy, type Moto, POLICY_ARN, startMoto } from "./moto-server.ts";
import { stoppingHttp } from "./stack-world.ts";

let moto: Moto;
before(async () => {
  moto = await startMoto();
  Object.assign(process.env, moto.environment);
});
after(() => moto.stop());

const metadata = (certificate: string): string =>
  `<EntityDescriptor entityID="https://id.example/idp"><IDPSSODescriptor>${certificate.repeat(1000)}</IDPSSODescriptor></EntityDescriptor>`;
const TRUST: SamlTrust = {
  account: ACCOUNT,
  partition: "aws",
  region: "us-east-1",
  owner: "work@id.example",
  provider: "brevet",
  metadata: metadata("a"),
  role: "brevet-people-role",
  policyArns: [POLICY_ARN],
  permissionsBoundary: null,
  maxSessionSeconds: 3600,
  subjects: [],
  groups: ["developers"],
  tags: { team: "platform" },
};
const PROVIDER_ARN = `arn:aws:iam::${ACCOUNT}:saml-provider/brevet`;
const TAGS = [
  { Key: "brevet:owner", Value: "work@id.example" },
  { Key: "team", Value: "platform" },
];
const NOBODY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}';

function stepOf(kind: string, trust: SamlTrust, before: string | null = null): Step {
  const wanted = wantedSamlSteps(trust).find((step) => step.kind === kind) ?? assert.fail(kind);
  return plannedStep(wanted, { state: before, owner: before === null ? "nobody" : "ours" });
}

function world(
  strangers: Pick<ProvisionerWorld, "strangerCreates" | "strangerChanges">,
  stopAfter: number | null,
): ProvisionerWorld {
  const http = stoppingHttp(stopAfter);
  return {
    provisioner: samlProvisioner((region) => awsClients({ region, http })),
    snapshot: moto.snapshot,
    ...strangers,
    async strangerWorksBeside() {
      await moto.iam.send(new CreateRoleCommand({ RoleName: "theirs", AssumeRolePolicyDocument: NOBODY }));
    },
    reopen: () => world(strangers, null),
    remove: () => undefined,
  };
}

async function reset(): Promise<void> {
  await fetch(`${moto.url}/moto-api/reset`, { method: "POST" });
  await createPolicy(moto);
}

const createProvider = stepOf("aws-saml-provider", TRUST);
provisionerContract({
  name: "an IAM SAML provider",
  create: createProvider,
  change: stepOf("aws-saml-provider", { ...TRUST, metadata: metadata("b") }, createProvider.after),
  async open(stopAfter) {
    await reset();
    const strangers = {
      async strangerCreates() {
        await moto.iam.send(new CreateSAMLProviderCommand({ Name: "brevet", SAMLMetadataDocument: metadata("x") }));
      },
      async strangerChanges() {
        const SAMLMetadataDocument = metadata("y");
        await moto.iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn: PROVIDER_ARN, SAMLMetadataDocument }));
      },
    };
    return world(strangers, stopAfter ?? null);
  },
});

const createRole = stepOf("aws-role", TRUST);
provisionerContract({
  name: "an IAM role",
  create: createRole,
  change: stepOf("aws-role", { ...TRUST, maxSessionSeconds: 7200 }, createRole.after),
  async open(stopAfter) {
    await reset();
    const RoleName = "brevet-people-role";
    const strangers = {
      async strangerCreates() {
        await moto.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: NOBODY }));
      },
      async strangerChanges() {
        await moto.iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 43_200 }));
      },
    };
    return world(strangers, stopAfter ?? null);
  },
});

const PEOPLE = `{ "identities": { "work": { "kind": "oidc", "issuer": "https://id.example", "clientId": "brevet" } } }\n`;

async function withPeople(work: (home: BrevetHome, setup: readonly string[]) => Promise<void>): Promise<void> {
  await reset();
  await inBrevetHome(async (home) => {
    home.write(".config/brevet/config.json", PEOPLE);
    home.write("metadata.xml", TRUST.metadata);
    const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
    const flags = ["--saml-metadata", `${home.home}/metadata.xml`, "--allow-group", "developers", "--tag", "team=platform"];
    await work(home, ["setup", "aws", "--policy-arn", POLICY_ARN, ...flags, "--program", program]);
  });
}

/** What there is, as IAM tells it. */
async function trustInIam(): Promise<unknown> {
  const { SAMLMetadataDocument: document, Tags: tags } = await moto.iam.send(
    new GetSAMLProviderCommand({ SAMLProviderArn: PROVIDER_ARN }),
  );
  const RoleName = "brevet-people-role";
  const { Role: role } = await moto.iam.send(new GetRoleCommand({ RoleName }));
  const { AttachedPolicies: policies } = await moto.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const sorted = (list: typeof tags) => [...(list ?? [])].sort((a, b) => String(a.Key).localeCompare(String(b.Key)));
  const trust = JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? "")) as unknown;
  return { document, tags: sorted(tags), trust, roleTags: sorted(role?.Tags), longest: role?.MaxSessionDuration, policies };
}

function groupAttribute(group: string): string {
  const name = "https://aws.amazon.com/SAML/Attributes/PrincipalTag:group";
  return `<saml:AttributeStatement><saml:Attribute Name="${name}"><saml:AttributeValue>${group}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`;
}

describe("setup aws --saml-metadata", () => {
  it("makes the provider and the role, writes the profiles, changes what is different, and takes all of it away again", () =>
    withPeople(async (home, setup) => {
      const clean = await moto.snapshot();
      const made = home.brevetWith(moto.environment, ...setup);
      assert.equal(made.status, 0, made.stderr);
      const there = (await trustInIam()) as {
        readonly tags: unknown;
        readonly trust: { readonly Statement: readonly unknown[] };
      };
      assert.deepEqual(there.tags, TAGS);
      assert.deepEqual(there.trust.Statement, [
        {
          Effect: "Allow",
          Principal: { Federated: PROVIDER_ARN },
          Action: ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"],
          Condition: {
            StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml", "aws:RequestTag/group": ["developers"] },
          },
        },
      ]);
      const { profiles } = JSON.parse(home.read(".config/brevet/config.json")) as { readonly profiles: Record<string, unknown> };
      assert.deepEqual(profiles["brevet"], {
        identity: "work",
        aws: {
          roleArn: `arn:aws:iam::${ACCOUNT}:role/brevet-people-role`,
          region: "us-east-1",
          saml: { providerArn: PROVIDER_ARN },
        },
      });
      assert.match(home.brevetWith(moto.environment, ...setup).stderr, /everything was as it should be/);

      home.write("metadata.xml", metadata("c"));
      const renewed = home.brevetWith(moto.environment, ...setup);
      assert.equal(renewed.status, 0, renewed.stderr);
      assert.equal(((await trustInIam()) as { readonly document: string }).document, metadata("c"));
      const bounded = home.brevetWith(moto.environment, ...setup, "--permissions-boundary", POLICY_ARN);
      assert.equal(bounded.status, 0, bounded.stderr);
      const { Role: role } = await moto.iam.send(new GetRoleCommand({ RoleName: "brevet-people-role" }));
      assert.equal(role?.PermissionsBoundary?.PermissionsBoundaryArn, POLICY_ARN);
      const plain = home.brevetWith(moto.environment, ...setup);
      assert.equal(plain.status, 0, plain.stderr);
      assert.deepEqual(((await trustInIam()) as { readonly tags: unknown }).tags, TAGS);
      const gone = home.brevetWith(moto.environment, "unsetup");
      assert.equal(gone.status, 0, gone.stderr);
      assert.deepEqual(await moto.snapshot(), clean);
      assert.equal(home.read(".config/brevet/config.json"), PEOPLE);
    }));

  it("makes a role that a signed assertion of that provider assumes: by its group, for its people, and by nobody else's key", () =>
    withPeople(async (home, setup) => {
      const world = await openSamlWorld();
      try {
        home.write("metadata.xml", world.idp.metadata);
        const made = home.brevetWith(moto.environment, ...setup, "--allow-subject", "G-1");
        assert.equal(made.status, 0, made.stderr);
        // The sandbox judges by what IAM keeps, to the letter.
        const { Role: role } = await moto.iam.send(new GetRoleCommand({ RoleName: "brevet-people-role" }));
        const { SAMLMetadataDocument: document = "" } = await moto.iam.send(
          new GetSAMLProviderCommand({ SAMLProviderArn: PROVIDER_ARN }),
        );
        const { folder } = world.sandbox;
        writeFileSync(samlProviderFile(folder, "brevet"), document);
        const trustPolicy = decodeURIComponent(role?.AssumeRolePolicyDocument ?? "");
        writeFileSync(join(folder, "iam/roles/people.json"), JSON.stringify({ arn: role?.Arn, trustPolicy }));
        const roles = [`${role?.Arn},${PROVIDER_ARN}`];
        const options = { roleArn: role?.Arn };
        const given = (group: string, idp = world.idp): string =>
          Buffer.from(idp.assertion({ roles, extra: groupAttribute(group) })).toString("base64");
        const credentials = await world.redeem(given("developers"), { options });
        assert.equal(credentials.assumedRoleArn, `arn:aws:sts::${ACCOUNT}:assumed-role/brevet-people-role/ann`);
        await assert.rejects(world.redeem(given("guests"), { options }), { code: "EXCHANGE_REFUSED" });
        await assert.rejects(world.redeem(given("developers", world.stranger), { options }), { code: "EXCHANGE_REFUSED" });

        const other = home.brevetWith(moto.environment, ...setup, "--allow-subject", "G-2");
        assert.equal(other.status, 0, other.stderr);
        const { Role: changed } = await moto.iam.send(new GetRoleCommand({ RoleName: "brevet-people-role" }));
        const policy = decodeURIComponent(changed?.AssumeRolePolicyDocument ?? "");
        writeFileSync(join(folder, "iam/roles/people.json"), JSON.stringify({ arn: role?.Arn, trustPolicy: policy }));
        await assert.rejects(world.redeem(given("developers"), { options }), { code: "EXCHANGE_REFUSED" });
      } finally {
        await world.close();
      }
    }));

  it("prints a script of the AWS CLI that makes the same", () =>
    withPeople(async (home, setup) => {
      const printed = home.brevetWith(moto.environment, ...setup, "--print", "cli");
      assert.equal(printed.status, 0, printed.stderr);
      const environment = { ...home.environment, ...moto.environment };
      const ran = spawnSync("sh", ["-c", printed.stdout], { cwd: home.home, env: environment, encoding: "utf8" });
      assert.equal(ran.status, 0, ran.stderr);
      const byScript = await trustInIam();
      const [, commands = ""] = ran.stdout.split("# undoes what was made:\n");
      const undone = spawnSync("sh", ["-eu", "-c", commands], { env: environment, encoding: "utf8" });
      assert.equal(undone.status, 0, undone.stderr);
      assert.deepEqual((await moto.iam.send(new ListSAMLProvidersCommand({}))).SAMLProviderList, []);
      assert.deepEqual((await moto.iam.send(new ListRolesCommand({}))).Roles, []);
      await reset();
      assert.equal(home.brevetWith(moto.environment, ...setup).status, 0);
      assert.deepEqual(byScript, await trustInIam());
    }));

  it("prints a template that makes the same, and that cfn-lint finds nothing wrong with", () =>
    withPeople(async (home, setup) => {
      const nobody = { AWS_EC2_METADATA_DISABLED: "true" };
      const printed = home.brevetWith(nobody, ...setup, "--print", "cloudformation", "--account", ACCOUNT);
      assert.equal(printed.status, 0, printed.stderr);
      const file = home.write("saml.json", printed.stdout);
      const { status, stdout } = spawnSync(join(pythonTools(), "cfn-lint"), [file], { encoding: "utf8" });
      assert.equal(status, 0, stdout);
      await moto.cloudFormation.send(
        new CreateStackCommand({ StackName: "saml", TemplateBody: printed.stdout, Capabilities: ["CAPABILITY_NAMED_IAM"] }),
      );
      const { Role: role } = await moto.iam.send(new GetRoleCommand({ RoleName: "brevet-people-role" }));
      const byTemplate = JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? "")) as unknown;
      await reset();
      assert.equal(home.brevetWith(moto.environment, ...setup).status, 0);
      assert.deepEqual(byTemplate, ((await trustInIam()) as { readonly trust: unknown }).trust);
    }));

  it("needs no right beside those of --print-admin-policy", () =>
    withPeople(async (home, setup) => {
      const printed = home.brevetWith({}, ...setup, "--print-admin-policy", "--account", ACCOUNT);
      const policy = JSON.parse(printed.stdout) as AdminPolicy;
      assert.ok(policy.Statement.every(({ Resource }) => !Resource.includes("*")));
      const used = ["iam:CreateSAMLProvider", "iam:CreateRole", "iam:AttachRolePolicy", "iam:GetSAMLProvider"];
      const lacking = await Promise.all(
        used.map(async (action) => [action, await administrator(moto, withoutResources(policy, action))] as const),
      );
      const able = await administrator(moto, withoutResources(policy, ""));
      await judging(moto, async () => {
        for (const [action, environment] of lacking) {
          const ended = home.brevetWith(environment, ...setup);
          assert.match(ended.stderr, new RegExp(`${action}`), ended.stderr);
          assert.notEqual(ended.status, 0);
        }
        for (const words of [setup, [...setup, "--max-session-duration", "2h"], ["unsetup"]]) {
          const ended = home.brevetWith(able, ...words);
          assert.equal(ended.status, 0, ended.stderr);
        }
      });
    }));

  it("refuses what is no metadata, a device, what is about tokens, and names of others", () =>
    withPeople(async (home, setup) => {
      const refused = (code: string, ...more: readonly string[]): void => {
        const { status, stderr } = home.brevetWith(moto.environment, ...setup, ...more);
        assert.notEqual(status, 0);
        assert.equal(/\(([A-Z_]+)\)$/m.exec(stderr)?.[1], code, stderr);
      };
      refused("USAGE_INVALID", "--hosting", "s3");
      refused("NAME_INVALID", "--allow-domain", "*");
      await moto.iam.send(new CreateSAMLProviderCommand({ Name: "brevet", SAMLMetadataDocument: metadata("x") }));
      const before = await moto.snapshot();
      refused("PLAN_CONFLICT");
      assert.deepEqual(await moto.snapshot(), before);
      home.write("metadata.xml", "<EntityDescriptor/>");
      refused("CONFIG_MALFORMED");
    }));
});
