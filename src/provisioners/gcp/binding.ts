import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import type { GoogleApi, GoogleCall } from "../../platform/cloud-admin/google-api.ts";
import { isCloudCode } from "../../platform/cloud-admin/json-api.ts";
import { objectsOf, textsOf } from "../../platform/cloud-admin/members.ts";
import { stateText } from "../../setup/gcp/states.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import type { Address } from "../../setup/plan.ts";

/**
 * `gcp-binding`, `{ on, role, member }`: that a member has a role on a service account (`projects/ID/serviceAccounts/EMAIL`) or
 * on a project (`projects/ID`). A binding of a principal of our own pool, or of our own service account, is ours; of an account
 * that was there before, the plan knows better. Everything else in the policy stays as it is: it is written by compare-and-swap, with its etag.
 *
 * @see google.iam.v1.IAMPolicy; "Understanding allow policies"
 */
export function bindingResource(api: GoogleApi): ManagedResource {
  return {
    kind: "gcp-binding",
    name: ({ role, member, on = "" }) => `the role ${role} of ${member} on ${on.split("/").at(-1)}`,
    takenHint: "remove it by hand first",
    async find({ on = "", role = "", member = "" }) {
      const policy = await readPolicy(on);
      if (policy === null || !hasMember(policy, role, member)) return null;
      return { state: stateText({ role, member }), owner: "ours", facts: {} };
    },
    async create({ address }) {
      await edit(address, withMember);
      return {};
    },
    // Role and member are its address, so there is nothing in it that could change.
    change: async () => undefined,
    remove: (_, address) => edit(address, withoutMember),
  };

  async function readPolicy(on: string): Promise<JsonObject | null> {
    const version = 3; // Else a policy with conditions comes without them, and writing it back would lose them.
    const byProject = isProject(on);
    const policy = await api.find({
      ...(byProject
        ? {
            service: "cloudresourcemanager",
            path: `v3/${on}:getIamPolicy`,
            body: { options: { requestedPolicyVersion: version } },
          }
        : { service: "iam", path: `v1/${on}:getIamPolicy?options.requestedPolicyVersion=${version}` }),
      method: "POST",
      action: byProject ? "resourcemanager.projects.getIamPolicy" : "iam.serviceAccounts.getIamPolicy",
      // Without its etag a policy would be written over whatever is there.
      has: ["etag"],
    });
    if (policy !== null) requireWhole(policy, on);
    return policy;
  }

  async function edit({ on = "", role = "", member = "" }: Address, change: Edit): Promise<void> {
    await api.patiently(
      async () => {
        const policy = await readPolicy(on);
        if (policy !== null) await api.call(writing(on, change(policy, role, member)));
        else if (change !== withoutMember) {
          throw new Fault("RESOURCE_FAILED", `${on} does not exist, so nobody can be given ${role} on it`);
        }
      },
      // Lets somebody else who writes the same policy at the same time go first.
      (cause) => isCloudCode(cause, "ABORTED") || isUnknownYet(cause),
    );
  }

  function writing(on: string, policy: JsonObject): GoogleCall {
    const byProject = isProject(on);
    return {
      service: byProject ? "cloudresourcemanager" : "iam",
      method: "POST",
      action: byProject ? "resourcemanager.projects.setIamPolicy" : "iam.serviceAccounts.setIamPolicy",
      path: `${byProject ? "v3" : "v1"}/${on}:setIamPolicy`,
      body: { policy },
    };
  }
}

type Edit = (policy: JsonObject, role: string, member: string) => JsonObject;

/** A service account that was just made is not known to the policies of projects at once. */
function isUnknownYet(cause: unknown): boolean {
  return isCloudCode(cause, "INVALID_ARGUMENT") && /does not exist/.test(cause.message);
}

function isProject(on: string): boolean {
  return /^projects\/[^/]+$/.test(on);
}

function bindingsOf({ bindings }: JsonObject): readonly JsonObject[] {
  return objectsOf(bindings);
}

function membersOf({ members }: JsonObject): readonly string[] {
  return textsOf(members);
}

/**
 * Refuses a policy that is not understood in full. It is written back as a whole, so anything left out would take access from others.
 *
 * @throws {Fault} `RESPONSE_INVALID`
 */
function requireWhole({ bindings = [] }: JsonObject, on: string): void {
  const isWhole = (binding: unknown): boolean => {
    if (!isJsonObject(binding) || typeof binding["role"] !== "string") return false;
    const { members = [] } = binding;
    return Array.isArray(members) && members.every((member) => typeof member === "string");
  };
  if (Array.isArray(bindings) && bindings.every(isWhole)) return;
  throw new Fault("RESPONSE_INVALID", `what Google answered is no policy of ${on}, so nothing was written there`, {
    hints: ["see whether a proxy stands before it"],
    details: { on },
  });
}

/** A binding that holds under a condition is another one. */
function isOf(binding: JsonObject, role: string): boolean {
  return binding["role"] === role && binding["condition"] === undefined;
}

function hasMember(policy: JsonObject, role: string, member: string): boolean {
  return bindingsOf(policy).some((binding) => isOf(binding, role) && membersOf(binding).includes(member));
}

function withMember(policy: JsonObject, role: string, member: string): JsonObject {
  if (hasMember(policy, role, member)) return policy;
  const bindings = bindingsOf(policy);
  const index = bindings.findIndex((binding) => isOf(binding, role));
  if (index < 0) return { ...policy, bindings: [...bindings, { role, members: [member] }] };
  return {
    ...policy,
    bindings: bindings.map((binding, at) => (at === index ? { ...binding, members: [...membersOf(binding), member] } : binding)),
  };
}

function withoutMember(policy: JsonObject, role: string, member: string): JsonObject {
  const bindings = bindingsOf(policy)
    .map((binding) =>
      isOf(binding, role) ? { ...binding, members: membersOf(binding).filter((one) => one !== member) } : binding,
    )
    .filter((binding) => !isOf(binding, role) || membersOf(binding).length > 0);
  return { ...policy, bindings };
}
