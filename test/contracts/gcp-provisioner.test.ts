import { gcpProvisioner } from "../../src/provisioners/gcp/provisioner.ts";
import { type AccountState, type PoolState, type ProviderState, stateText } from "../../src/setup/gcp/states.ts";
import { madeFor } from "../../src/setup/made-for.ts";
import type { Step } from "../../src/setup/plan.ts";
import { openGoogleWorld, PROJECT } from "./google-world.ts";
import { type ProvisionerWorld, provisionerContract } from "./provisioner.ts";

const OWNER = "laptop-k3v9q2x7ab";
const NUMBER = "123456789012";
const POOL = `projects/${NUMBER}/locations/global/workloadIdentityPools/brevet-laptop`;
const EMAIL = `brevet-laptop@${PROJECT}.iam.gserviceaccount.com`;

interface Case {
  readonly kind: string;
  readonly address: Readonly<Record<string, string>>;
  readonly after: string;
  readonly changed: string;
  /** Where its file is, and how a stranger's looks. */
  readonly file: readonly [kind: string, name: string];
  readonly theirs: object;
  /** What has to be there before it. */
  readonly around?: readonly [kind: string, name: string, resource: object];
}

const pool: PoolState = { displayName: "brevet", description: madeFor(OWNER) };
const key = { kty: "EC", crv: "P-256", kid: "key-1", alg: "ES256", use: "sig", x: "eA", y: "eQ" };
const provider: ProviderState = {
  displayName: "brevet",
  description: madeFor(OWNER),
  issuerUri: "https://id.example.com/laptop",
  attributeMapping: { "google.subject": "assertion.sub" },
  attributeCondition: `assertion.sub == '${OWNER}'`,
  allowedAudiences: [],
  keys: "uploaded",
};
const account: AccountState = { displayName: "brevet", description: madeFor(OWNER) };

const CASES: readonly Case[] = [
  {
    kind: "gcp-pool",
    address: { project: NUMBER, pool: "brevet-laptop", owner: OWNER },
    after: stateText(pool),
    changed: stateText({ ...pool, displayName: "laptop" }),
    file: ["pools", "brevet-laptop"],
    theirs: { name: POOL, state: "ACTIVE", displayName: "brevet", description: "theirs" },
  },
  {
    kind: "gcp-provider",
    address: { project: NUMBER, pool: "brevet-laptop", provider: "brevet", owner: OWNER, jwks: JSON.stringify({ keys: [key] }) },
    after: stateText(provider),
    changed: stateText({ ...provider, attributeCondition: "" }),
    file: ["providers", "brevet-laptop-brevet"],
    theirs: {
      name: `${POOL}/providers/brevet`,
      attributeMapping: { "google.subject": "assertion.email" },
      oidc: { issuerUri: "https://accounts.example.com" },
    },
    around: ["pools", "brevet-laptop", { name: POOL, state: "ACTIVE", ...pool }],
  },
  {
    kind: "gcp-service-account",
    address: { project: PROJECT, email: EMAIL, owner: OWNER },
    after: stateText(account),
    changed: stateText({ ...account, displayName: "laptop" }),
    file: ["service-accounts", EMAIL],
    theirs: { email: EMAIL, uniqueId: "100000000000000000001", description: "theirs" },
  },
];

for (const { kind, address, after, changed, file, theirs, around } of CASES) {
  const step = (before: string | null, next: string): Step => ({
    id: kind,
    kind,
    address,
    does: "for the test",
    owner: before === null ? "nobody" : "ours",
    before,
    after: next,
  });
  const open = (stopAfter: number | null, kept?: string): ProvisionerWorld => {
    const world = openGoogleWorld(stopAfter, kept);
    if (around !== undefined) world.write(...around);
    return {
      provisioner: gcpProvisioner(world.access),
      snapshot: world.snapshot,
      strangerCreates: () => world.write(...file, theirs),
      strangerChanges: () => world.write(...file, theirs),
      strangerWorksBeside: () => world.write(file[0], "other", { ...theirs, ...otherName(theirs) }),
      reopen: () => open(null, world.folder),
      remove: world.remove,
    };
  };
  provisionerContract({
    name: kind,
    create: step(null, after),
    change: step(after, changed),
    open: (stopAfter) => open(stopAfter ?? null),
  });
}

function otherName(theirs: object): object {
  if ("email" in theirs) return { email: `other@${PROJECT}.iam.gserviceaccount.com`, uniqueId: "100000000000000000002" };
  return { name: `projects/${NUMBER}/locations/global/workloadIdentityPools/other${"oidc" in theirs ? "/providers/other" : ""}` };
}
