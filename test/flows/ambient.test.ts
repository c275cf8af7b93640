import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, test } from "node:test";
import { decodeJwt } from "jose";
import type { AwsCredentials } from "../../src/core/credentials.ts";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import type { AssertionRequest, Identity } from "../../src/core/identity.ts";
import { placeIn } from "../../src/core/place.ts";
import { awsExchange } from "../../src/exchanges/aws/aws-exchange.ts";
import { parseAwsOptions } from "../../src/exchanges/aws/options.ts";
import { ambientShape } from "../../src/identities/ambient/detect.ts";
import { ambientIdentity } from "../../src/identities/ambient/identity.ts";
import { parseAmbientOptions } from "../../src/identities/ambient/options.ts";
import type { Surroundings } from "../../src/identities/ambient/surroundings.ts";
import { readSurroundingFile } from "../../src/identities/ambient/surroundings.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { addTrust } from "../../src/sandbox/iam/add-trust.ts";
import { type AmbientServices, JOB, KEYS, startAmbientServices } from "./ambient-services.ts";
import { AUDIENCE, ISSUER, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

/** Every ambient source against a stand-in of its documented interface, and from there to AWS credentials of the sandbox. */

const REQUEST: AssertionRequest = { audience: AUDIENCE, form: "jwt", algorithms: ["ES256", "RS256"] };

let issuer: TestIssuer;
let services: AmbientServices;
let folder: string;
before(async () => {
  issuer = await startTestSandbox("RS256");
  services = await startAmbientServices(({ life, ...claims }) =>
    issuer.token(typeof life === "number" ? { ...claims, exp: issuer.clock.seconds + life } : claims),
  );
  folder = mkdtempSync(join(tmpdir(), "brevet-ambient-"));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await services.close();
  await issuer.close();
});

type Variables = Readonly<Record<string, string>>;

function around(environment: Variables, files: Variables = {}): Surroundings {
  return {
    environment,
    readFile: (path) => files[path] ?? (path.startsWith(folder) ? readSurroundingFile(path) : null),
    http: async () => createHttp({ environment, metadataServices: true }),
    clock: { now: () => issuer.clock.seconds, offsetSeconds: 0, learn: () => undefined },
  };
}

function identityIn(surroundings: Surroundings, options: Readonly<Record<string, unknown>> = {}): Identity {
  return ambientIdentity("ci", parseAmbientOptions(options, placeIn(null, "identities.ci")), surroundings);
}

interface Place {
  readonly name: string;
  readonly source: string;
  readonly subject: string;
  readonly surroundings: () => Promise<Surroundings>;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Another job, pod or machine on the same disk. */
  readonly neighbour: () => Promise<Surroundings>;
}

const github = (): Variables => ({
  GITHUB_ACTIONS: "true",
  ACTIONS_ID_TOKEN_REQUEST_URL: `${services.url}/github/runs/7?api-version=2.0`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: JOB.requestToken,
});
const buildkite = (): Variables => ({
  BUILDKITE: "true",
  BUILDKITE_JOB_ID: JOB.jobId,
  BUILDKITE_AGENT_ACCESS_TOKEN: JOB.agentToken,
  BUILDKITE_AGENT_ENDPOINT: `${services.url}/v3`,
});
const sts = (): Variables => ({ AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL_STS: services.url });
const held = (sub: string): Promise<string> => issuer.token({ sub });
const EC2 = { "/sys/class/dmi/id/sys_vendor": "Amazon EC2\n" };
const POD = "/var/run/secrets/kubernetes.io/serviceaccount/token";

const PLACES: readonly Place[] = [
  {
    name: "a job of GitHub Actions",
    source: "github-actions",
    subject: "repo:octo/app:ref:refs/heads/main",
    surroundings: async () => around(github()),
    neighbour: async () => around({ ...github(), ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of another job" }),
  },
  {
    name: "a job of GitLab CI",
    source: "gitlab-ci",
    subject: "project_path:acme/app:ref_type:branch:ref:main",
    surroundings: async () =>
      around({ GITLAB_CI: "true", GITLAB_OIDC_TOKEN: await held("project_path:acme/app:ref_type:branch:ref:main") }),
    neighbour: async () => around({ GITLAB_CI: "true", GITLAB_OIDC_TOKEN: await held("project_path:acme/other") }),
  },
  {
    name: "a job of Buildkite",
    source: "buildkite",
    subject: "organization:acme:pipeline:app",
    surroundings: async () => around(buildkite()),
    neighbour: async () => around({ ...buildkite(), BUILDKITE_JOB_ID: "another" }),
  },
  {
    name: "a pod of Kubernetes",
    source: "kubernetes",
    subject: "system:serviceaccount:default:app",
    surroundings: async () =>
      around({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }, { [POD]: await held("system:serviceaccount:default:app") }),
    neighbour: async () =>
      around({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }, { [POD]: await held("system:serviceaccount:default:b") }),
  },
  {
    name: "a pod whose token AWS projected",
    source: "kubernetes",
    subject: "system:serviceaccount:default:irsa",
    async surroundings() {
      const file = join(folder, "projected");
      writeFileSync(file, `${await held("system:serviceaccount:default:irsa")}\n`);
      return around({ KUBERNETES_SERVICE_HOST: "10.0.0.1", AWS_WEB_IDENTITY_TOKEN_FILE: file });
    },
    neighbour: async () =>
      around({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }, { [POD]: await held("system:serviceaccount:default:b") }),
  },
  {
    name: "a machine of Google Cloud",
    source: "google",
    subject: "112010400000000710080",
    surroundings: async () => around({ GCE_METADATA_HOST: new URL(services.url).host }),
    neighbour: async () => around({ GCE_METADATA_HOST: "127.0.0.1:1" }),
  },
  {
    name: "a machine of EC2",
    source: "aws",
    subject: "arn:aws:iam::123456789012:role/build-machine",
    surroundings: async () => around({ ...sts(), AWS_EC2_METADATA_SERVICE_ENDPOINT: services.url }, EC2),
    neighbour: async () => around({ ...sts(), AWS_ACCESS_KEY_ID: "ASIAOTHER", AWS_SECRET_ACCESS_KEY: "x" }, EC2),
  },
  {
    name: "a container of ECS or EKS",
    source: "aws",
    subject: "arn:aws:iam::123456789012:role/build-machine",
    async surroundings() {
      const file = join(folder, "authorization");
      writeFileSync(file, "container-token\n");
      const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${services.url}/container/keys` };
      return around({ ...sts(), ...container, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file });
    },
    neighbour: async () => around({ ...sts(), AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/another" }),
  },
  {
    name: "keys of a role in the environment",
    source: "aws",
    subject: "arn:aws:iam::123456789012:role/build-machine",
    options: { source: "aws" },
    surroundings: async () =>
      around({
        ...sts(),
        AWS_ACCESS_KEY_ID: KEYS.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.SecretAccessKey,
        AWS_SESSION_TOKEN: KEYS.Token,
      }),
    neighbour: async () => around({ ...sts(), AWS_ACCESS_KEY_ID: "ASIAOTHER" }),
  },
  {
    name: "any variable",
    source: "environment",
    subject: "a-job",
    options: { source: "environment", variable: "ID_TOKEN" },
    surroundings: async () => around({ ID_TOKEN: await held("a-job") }),
    neighbour: async () => around({ ID_TOKEN: await held("another-job") }),
  },
];

for (const { name, source, subject, options = {}, surroundings, neighbour } of PLACES) {
  describe(name, () => {
    it("proves itself to a token endpoint, under its own name", async () => {
      const [provider, role] = [{ kind: "issuer", issuer: ISSUER, subject, audience: AUDIENCE }, "ambient"] as const;
      addTrust(issuer.folder, {
        accountId: "123456789012",
        role,
        caller: provider,
        allowTags: false,
        allowSourceIdentity: false,
        mayAssume: [],
      });
      const assertion = await identityIn(await surroundings(), options).assert(REQUEST);
      assert.equal(assertion.expiresAt, decodeJwt((await assertion.value).reveal()).exp);
      const credentials = await redeem(assertion);
      assert.match(credentials.assumedRoleArn, /^arn:aws:sts::123456789012:assumed-role\/ambient\//);
      assert.notEqual(credentials.assumedRoleArn.split("/").at(-1), "brevet");
    });

    it("is found without being named, and says so", async () => {
      const { summary } = await identityIn(await surroundings(), options).describe();
      assert.match(summary, options["source"] === undefined ? /, detected$/ : /, named in the config$/);
      const shape = ambientShape(parseAmbientOptions(options, placeIn(null, "identities.ci")), await surroundings());
      assert.equal(shape["source"], source);
    });

    it("shares no cached credentials with its neighbour, and keeps its own", async () => {
      const parsed = parseAmbientOptions(options, placeIn(null, "identities.ci"));
      const [own, again, other] = await Promise.all([surroundings(), surroundings(), neighbour()]);
      assert.deepEqual(ambientShape(parsed, own), ambientShape(parsed, again));
      assert.notDeepEqual(ambientShape(parsed, own), ambientShape(parsed, other));
    });
  });
}

async function redeem(assertion: Awaited<ReturnType<Identity["assert"]>>): Promise<AwsCredentials> {
  const environment = { AWS_ENDPOINT_URL_STS: issuer.sandbox.url, AWS_CA_BUNDLE: issuer.sandbox.caFile };
  const options = parseAwsOptions({ roleArn: "arn:aws:iam::123456789012:role/ambient" }, placeIn(null, "profiles.ci.aws"));
  const clock = { now: () => issuer.clock.seconds, offsetSeconds: 0, learn: () => undefined };
  const exchange = awsExchange({
    options,
    http: createHttp({ environment }),
    clock,
    environment,
    warn: assert.fail,
    subject: null,
  });
  return (await exchange.redeem({ kind: "assertion", assertion, identity: "laptop" })) as AwsCredentials;
}

interface Refused {
  readonly name: string;
  readonly code: FaultCode;
  readonly surroundings: () => Promise<Surroundings>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly request?: Partial<AssertionRequest>;
}

const REFUSED: readonly Refused[] = [
  { name: "nothing is around", code: "AMBIENT_ABSENT", surroundings: async () => around({}) },
  {
    name: "the job may not ask for tokens",
    code: "AMBIENT_ABSENT",
    surroundings: async () => around({ GITHUB_ACTIONS: "true" }),
  },
  {
    name: "the runner refuses",
    code: "AMBIENT_REFUSED",
    surroundings: async () => around({ ...github(), ACTIONS_ID_TOKEN_REQUEST_TOKEN: "stale" }),
  },
  { name: "the job declares no token", code: "AMBIENT_ABSENT", surroundings: async () => around({ GITLAB_CI: "true" }) },
  {
    name: "the token is for another audience",
    code: "TOKEN_REFUSED",
    surroundings: async () => around({ GITLAB_CI: "true", GITLAB_OIDC_TOKEN: await issuer.token({ aud: "https://gitlab.com" }) }),
  },
  {
    name: "the token has ended",
    code: "TOKEN_REFUSED",
    surroundings: async () =>
      around({ GITLAB_CI: "true", GITLAB_OIDC_TOKEN: await issuer.token({ exp: issuer.clock.seconds - 1 }) }),
  },
  {
    name: "what lies there is no token",
    code: "TOKEN_MALFORMED",
    surroundings: async () => around({ GITLAB_CI: "true", GITLAB_OIDC_TOKEN: "glpat-not-a-jwt" }),
  },
  {
    name: "the file is not there",
    code: "AMBIENT_ABSENT",
    surroundings: async () => around({}),
    options: { source: "file", file: "/nowhere/token" },
  },
  {
    name: "something else answers for the metadata server",
    code: "AMBIENT_ABSENT",
    async surroundings() {
      services.failNext(200);
      return around({ GCE_METADATA_HOST: new URL(services.url).host });
    },
  },
  {
    name: "AWS's keys are wrong",
    code: "AMBIENT_REFUSED",
    surroundings: async () =>
      around({ ...sts(), AWS_ACCESS_KEY_ID: KEYS.AccessKeyId, AWS_SECRET_ACCESS_KEY: "wrong", AWS_SESSION_TOKEN: KEYS.Token }),
    options: { source: "aws" },
  },
  {
    name: "no region is known",
    code: "REGION_INVALID",
    surroundings: async () => around({ AWS_ACCESS_KEY_ID: KEYS.AccessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.SecretAccessKey }),
    options: { source: "aws" },
  },
  {
    name: "AWS is to take what AWS signed",
    code: "ASSERTION_UNSUPPORTED",
    surroundings: async () => around({ ...sts(), AWS_EC2_METADATA_SERVICE_ENDPOINT: services.url }, EC2),
    request: { forRole: "arn:aws:iam::123456789012:role/deploy" },
  },
  {
    name: "AWS is to take what AWS signed, for a role that is not pinned",
    code: "ASSERTION_UNSUPPORTED",
    surroundings: async () => around({ ...sts(), AWS_EC2_METADATA_SERVICE_ENDPOINT: services.url }, EC2),
    request: { audienceIsDefault: true },
  },
  {
    name: "an endpoint is configured, and FIPS is asked for beside it",
    code: "URL_INVALID",
    surroundings: async () =>
      around({
        ...sts(),
        AWS_USE_FIPS_ENDPOINT: "true",
        AWS_ACCESS_KEY_ID: KEYS.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.SecretAccessKey,
      }),
    options: { source: "aws" },
  },
  {
    name: "the audience verifies ES256 alone",
    code: "ALGORITHM_UNSUPPORTED",
    surroundings: async () => around(github()),
    request: { algorithms: ["ES256"] },
  },
  {
    name: "session tags are asked for",
    code: "ASSERTION_UNSUPPORTED",
    surroundings: async () => around(github()),
    request: { tags: { principal: { team: "a" }, transitive: [] } },
  },
  {
    name: "SAML is asked for",
    code: "ASSERTION_UNSUPPORTED",
    surroundings: async () => around(github()),
    request: { form: "saml" },
  },
];

for (const { name, code, surroundings, options = {}, request = {} } of REFUSED) {
  test(`an assertion is refused when ${name}`, async () => {
    const outcome = await identityIn(await surroundings(), options)
      .assert({ ...REQUEST, ...request })
      .then(
        () => null,
        (cause: unknown) => cause,
      );
    assert.ok(outcome instanceof Fault, `expected a Fault, got ${String(outcome)}`);
    assert.equal(outcome.code, code, outcome.message);
    const said = JSON.stringify([outcome.message, outcome.hints, outcome.details]);
    for (const secret of [...Object.values(JOB), KEYS.SecretAccessKey, KEYS.Token, "glpat"])
      assert.ok(!said.includes(secret), said);
  });
}

test("who asks for SAML is told to take that out, and not tags that are not there", async () => {
  await assert.rejects(identityIn(await around(github()), {}).assert({ ...REQUEST, form: "saml" }), ({ hints }: Fault) => {
    assert.match(hints.join(), /`saml`/);
    assert.doesNotMatch(hints.join(), /`tags`/);
    return true;
  });
});

describe("a service that fails once is asked again", () => {
  const keys = {
    AWS_ACCESS_KEY_ID: KEYS.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.SecretAccessKey,
    AWS_SESSION_TOKEN: KEYS.Token,
  };
  const ofRole = () => identityIn(around({ ...sts(), ...keys }), { source: "aws" });
  const failures: readonly [name: string, identity: () => Identity, status: number, stsCode?: string][] = [
    ["the runner of a job", () => identityIn(around(github())), 503],
    ["STS, to which the keys of a role lead", ofRole, 503],
    ["STS, when it throttles", ofRole, 400, "Throttling"],
  ];
  for (const [name, identity, status, stsCode] of failures) {
    it(name, async () => {
      services.failNext(status, stsCode);
      const before = services.seen.length;
      await identity().assert(REQUEST);
      assert.deepEqual(
        services.seen.slice(before).map((line) => line.split(" ").at(-1)),
        [String(status), "200"],
      );
    });
  }

  it("and who was throttled each time is told so", async () => {
    for (let count = 0; count < 3; count++) services.failNext(400, "ThrottlingException");
    await assert.rejects(ofRole().assert(REQUEST), { code: "EXCHANGE_UNAVAILABLE" });
  });
});

test("Buildkite is asked for a token that lives as long as the request allows", async () => {
  const assertion = await identityIn(around(buildkite())).assert({ ...REQUEST, maxAgeSeconds: 60 });
  assert.equal(assertion.expiresAt, issuer.clock.seconds + 60);
});

test("the first in the order counts where several are around", async () => {
  const both = around({ ...github(), KUBERNETES_SERVICE_HOST: "10.0.0.1" }, { [POD]: await held("a pod") });
  assert.equal((await identityIn(both).describe()).summary, "GitHub Actions, detected");
});
