import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type {
  AwsCredentials,
  AzureCredentials,
  BearerCredentials,
  Credentials,
  GcpCredentials,
} from "../../src/core/credentials.ts";
import { Fault } from "../../src/core/fault.ts";
import type { Outlet, Output } from "../../src/core/outlet.ts";
import { Secret } from "../../src/core/secret.ts";

/** Visibly fake credentials of a role session; times are those of 2026-03-04, 12:30 to 13:30 UTC. */
export function fakeAwsCredentials(changes: Partial<AwsCredentials> = {}): AwsCredentials {
  return {
    kind: "aws",
    accessKeyId: "ASIAEXAMPLEEXAMPLE00",
    secretAccessKey: new Secret("secret access key", "fake/secret+access=key"),
    sessionToken: new Secret("session token", "fake//session+token=="),
    issuedAt: 1_772_627_400,
    expiresAt: 1_772_631_000,
    assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/dev/laptop-7f3a",
    region: "eu-west-1",
    ...changes,
  };
}

export function fakeBearerCredentials(changes: Partial<BearerCredentials> = {}): BearerCredentials {
  return {
    kind: "bearer",
    token: new Secret("token", "fake.bearer.token"),
    audience: "https://api.example.com",
    issuedAt: 1_772_627_400,
    expiresAt: 1_772_627_700,
    ...changes,
  };
}

export function fakeGcpCredentials(changes: Partial<GcpCredentials> = {}): GcpCredentials {
  return {
    kind: "gcp",
    accessToken: new Secret("access token", "ya29.fake-access_token"),
    principal: "deploy@example-project.iam.gserviceaccount.com",
    project: "example-project",
    issuedAt: 1_772_627_400,
    expiresAt: 1_772_631_000,
    ...changes,
  };
}

const AZURE: AzureCredentials = {
  kind: "azure",
  accessToken: new Secret("access token", "fake-access-token"),
  tenantId: "11111111-1111-1111-1111-111111111111",
  clientId: "22222222-2222-2222-2222-222222222222",
  scope: "https://management.azure.com/.default",
  subscriptionId: "",
  issuedAt: 1_772_627_400,
  expiresAt: 1_772_631_000,
};

const EXAMPLES: Readonly<Record<Credentials["kind"], Credentials>> = {
  aws: fakeAwsCredentials(),
  bearer: fakeBearerCredentials(),
  azure: AZURE,
  gcp: fakeGcpCredentials(),
};

export interface OutletSubject {
  readonly name: string;
  /** The kinds of credentials that this outlet hands out; it has to refuse every other. */
  readonly accepts: readonly Credentials["kind"][];
  /** A new outlet that writes to `output` and, whatever else it does, reports it by the same function. */
  readonly make: (output: Output) => Outlet;
}

/** What every outlet keeps to: all of the answer in one call or, with a fault, nothing. */
export function outletContract({ name, accepts, make }: OutletSubject): void {
  describe(`outlet ${name}`, () => {
    for (const kind of Object.keys(EXAMPLES) as Credentials["kind"][]) {
      const credentials = EXAMPLES[kind];
      if (accepts.includes(kind)) {
        it(`hands out ${kind} credentials in one call, and again the same`, async () => {
          const first: string[] = [];
          const second: string[] = [];
          const status = await make((text) => first.push(text)).deliver(credentials);
          await make((text) => second.push(text)).deliver(credentials);
          assert.ok(Number.isInteger(status) && status >= 0 && status <= 255);
          assert.equal(first.length, 1);
          assert.notEqual(first[0], "");
          assert.deepEqual(first, second);
        });
      } else {
        it(`refuses ${kind} credentials and writes nothing`, async () => {
          const written: string[] = [];
          await assert.rejects(
            make((text) => written.push(text)).deliver(credentials),
            (error) => error instanceof Fault && error.code === "CREDENTIALS_UNSUPPORTED",
          );
          assert.deepEqual(written, []);
        });
      }
    }
  });
}
