import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { Http } from "../../src/core/http.ts";
import { azureProvisioner } from "../../src/provisioners/azure/provisioner.ts";
import { stateText } from "../../src/setup/azure/states.ts";
import { applicationTag, assignmentId } from "../../src/setup/azure/trust-names.ts";
import type { Step } from "../../src/setup/plan.ts";
import { type AzureWorld, openAzureWorld } from "./azure-world.ts";
import { type ProvisionerWorld, provisionerContract } from "./provisioner.ts";

const OWNER = "laptop-k3v9q2x7ab";
const TENANT = "11111111-1111-4111-8111-111111111111";
const SUBSCRIPTION = "/subscriptions/33333333-3333-4333-8333-333333333333";
const IDENTITY = `${SUBSCRIPTION}/resourceGroups/sandbox/providers/Microsoft.ManagedIdentity/userAssignedIdentities/brevet-laptop`;
const READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const NAME = "brevet-laptop";
const guid = (digit: string): string => "00000000-0000-4000-8000-000000000000".replaceAll("0", digit);

const application = {
  tenantId: TENANT,
  clientId: guid("a"),
  objectId: guid("b"),
  displayName: NAME,
  signInAudience: "AzureADMyOrg",
  tags: [applicationTag(OWNER)],
  servicePrincipalId: guid("c"),
  federatedCredentials: [],
};
const theirs = { name: "brevet", issuer: "https://other.example", subject: "other", audiences: ["api://AzureADTokenExchange"] };
const other = { ...application, clientId: guid("d"), objectId: guid("e"), displayName: "other", servicePrincipalId: guid("f") };
const credential = { issuer: "https://id.example.com/laptop", subject: OWNER, audience: "api://AzureADTokenExchange" };
const assignment = assignmentId(OWNER, "Reader", SUBSCRIPTION);

interface Case {
  readonly kind: string;
  readonly address: Readonly<Record<string, string>>;
  readonly after: string;
  readonly changed: string;
  /** What is there before it. */
  readonly around: (world: AzureWorld) => void;
  readonly strangerCreates: (world: AzureWorld) => void;
  readonly strangerChanges: (world: AzureWorld) => void;
}

const CASES: readonly Case[] = [
  {
    kind: "azure-application",
    address: { application: NAME },
    after: stateText({ displayName: NAME, signInAudience: "AzureADMyOrg" }),
    changed: stateText({ displayName: NAME, signInAudience: "AzureADMultipleOrgs" }),
    around: () => undefined,
    strangerCreates: (world) => world.write("applications/theirs.json", { ...application, tags: [] }),
    strangerChanges: (world) => world.edit((text) => text.replace("AzureADMyOrg", "PersonalMicrosoftAccount")),
  },
  {
    kind: "azure-managed-identity",
    address: { identity: IDENTITY },
    after: stateText({ location: "westeurope" }),
    changed: stateText({ location: "northeurope" }),
    around: () => undefined,
    strangerCreates: (world) =>
      world.write("applications/theirs.json", {
        tenantId: TENANT,
        clientId: guid("a"),
        managedIdentity: { id: IDENTITY, principalId: guid("b"), location: "westeurope", tags: {} },
        federatedCredentials: [],
      }),
    strangerChanges: (world) => world.edit((text) => text.replace("westeurope", "eastus")),
  },
  {
    kind: "azure-credential",
    address: { application: NAME, credential: "brevet" },
    after: stateText(credential),
    changed: stateText({ ...credential, issuer: "https://id.example.com/other" }),
    around: (world) => world.write("applications/ours.json", application),
    strangerCreates: (world) => world.write("applications/ours.json", { ...application, federatedCredentials: [theirs] }),
    strangerChanges: (world) => world.edit((text) => text.replace("id.example.com", "id.example.org")),
  },
];

for (const { kind, address, after, changed, around, strangerCreates, strangerChanges } of CASES) {
  const step = (before: string | null, next: string): Step => ({
    id: kind,
    kind,
    address: { tenant: TENANT, owner: OWNER, ...address },
    does: "for the test",
    owner: before === null ? "nobody" : "ours",
    before,
    after: next,
  });
  const open = (stopAfter: number | null, kept?: string): ProvisionerWorld => {
    const world = openAzureWorld(stopAfter, kept);
    if (kept === undefined) around(world);
    return {
      provisioner: azureProvisioner(world.access),
      snapshot: world.snapshot,
      strangerCreates: () => strangerCreates(world),
      strangerChanges: () => strangerChanges(world),
      strangerWorksBeside: () => world.write("applications/other.json", other),
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

describe("a role assignment", () => {
  const step: Step = {
    id: "azure-role",
    kind: "azure-role",
    address: {
      tenant: TENANT,
      owner: OWNER,
      scope: SUBSCRIPTION,
      role: "Reader",
      definition: READER,
      assignment,
      application: NAME,
    },
    does: "for the test",
    owner: "nobody",
    before: null,
    after: stateText({ role: "Reader", scope: SUBSCRIPTION }),
  };
  const context = { earlier: new Map(), progress: () => undefined };

  it("is made once, however often it is asked for, and taken away though its facts were lost", async () => {
    const world = openAzureWorld();
    world.write("applications/ours.json", application);
    const before = world.snapshot();
    const provisioner = azureProvisioner(world.access);
    const facts = await provisioner.apply(step, context);
    assert.equal(facts["assignedTo"], application.servicePrincipalId);
    await provisioner.apply(step, context);
    assert.equal(world.requests.filter(({ method }) => method === "PUT").length, 1);
    await provisioner.undo(step, {});
    assert.deepEqual(world.snapshot(), before);
    world.remove();
  });

  it("is left when somebody has taken it over", async () => {
    const world = openAzureWorld();
    world.write("applications/ours.json", application);
    const provisioner = azureProvisioner(world.access);
    const facts = await provisioner.apply(step, context);
    world.edit((text) => text.replace(/Made by brevet for [^"]*/, "theirs"));
    await assert.rejects(provisioner.undo(step, facts), (error) => error instanceof Fault && error.code === "PLAN_CONFLICT");
    world.remove();
  });

  it("says how to go on where somebody else has given that role already", async () => {
    const world = openAzureWorld();
    world.write("applications/ours.json", application);
    const roleDefinitionId = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${READER}`;
    const properties = { scope: SUBSCRIPTION, principalId: application.servicePrincipalId, roleDefinitionId };
    world.write("role-assignments/theirs.json", { name: guid("9"), properties });
    const before = world.snapshot();
    await assert.rejects(azureProvisioner(world.access).apply(step, context), {
      code: "PLAN_CONFLICT",
      hints: ["leave `--role Reader` out: what was done until here is kept"],
    });
    assert.deepEqual(world.snapshot(), before);
    world.remove();
  });

  it("is not given in a resource group that is not there, and the command that makes one is told", async () => {
    const world = openAzureWorld();
    const provisioner = azureProvisioner(world.access);
    const address = { tenant: TENANT, owner: OWNER, identity: IDENTITY.replace("sandbox", "none") };
    const after = stateText({ location: "westeurope" });
    await assert.rejects(provisioner.apply({ ...step, kind: "azure-managed-identity", address, after }, context), {
      code: "RESOURCE_FAILED",
      hints: ["make the resource group, if there is none: `az group create --name none --location LOCATION`"],
    });
    world.remove();
  });

  it("waits until Azure knows a principal that was just made, and no longer than that", async () => {
    const world = openAzureWorld();
    world.write("applications/ours.json", application);
    const { http } = world.access;
    let refusals = 2;
    const late: Http = async (request) => {
      if (request.method !== "PUT" || refusals === 0) return http(request);
      refusals -= 1;
      const error = { code: "PrincipalNotFound", message: "Principal does not exist in the directory." };
      return { status: 400, headers: {}, body: JSON.stringify({ error }) };
    };
    const provisioner = azureProvisioner({ ...world.access, http: late });
    await provisioner.apply(step, context);
    assert.equal(refusals, 0);
    world.remove();
  });
});
