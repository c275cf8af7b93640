import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { isCloudCode } from "../../platform/cloud-admin/json-api.ts";
import type { MicrosoftApi } from "../../platform/cloud-admin/microsoft-api.ts";
import { stateText } from "../../setup/azure/states.ts";
import { madeFor } from "../../setup/made-for.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import type { Address } from "../../setup/plan.ts";
import { pathOfScope } from "../../wire/azure/names.ts";
import { principalIdOf } from "./holder.ts";

const API = "api-version=2022-04-01";

/**
 * `azure-role`, `{ tenant, owner, scope, role, definition, assignment, and who gets it }`: that the application or identity has a
 * role at a scope. Ours if its description says so; its id follows from owner, role and scope.
 *
 * @see Azure Resource Manager, Microsoft.Authorization/roleAssignments
 */
export function roleAssignmentResource(api: MicrosoftApi): ManagedResource {
  const pathOf = ({ scope = "", assignment = "" }: Address): string =>
    `${pathOfScope(scope)}/providers/Microsoft.Authorization/roleAssignments/${assignment}?${API}`;
  return {
    kind: "azure-role",
    name: ({ role, scope }) => `the role assignment ${role} on ${scope}`,
    takenHint: "remove that assignment by hand first",
    async find(address) {
      const found = await api.find({
        service: "management",
        method: "GET",
        action: "Microsoft.Authorization/roleAssignments/read",
        has: ["properties.roleDefinitionId", "properties.principalId"],
        path: pathOf(address),
      });
      const properties = isJsonObject(found?.["properties"]) ? found["properties"] : null;
      if (properties === null) return null;
      const { scope = "", role = "", definition = "", owner = "" } = address;
      const isSame = String(properties["roleDefinitionId"]).toLowerCase().endsWith(definition.toLowerCase());
      return {
        state: stateText({ role: isSame ? role : String(properties["roleDefinitionId"]), scope }),
        owner: properties["description"] === madeFor(owner) ? "ours" : "theirs",
        facts: { assignedTo: String(properties["principalId"]) },
      };
    },
    async create({ address, facts }) {
      const principalId = await principalIdOf(api, address, facts);
      if (principalId === null) throw new Fault("RESOURCE_FAILED", "there is no service principal that could be given a role");
      const { definition = "", owner = "", scope = "" } = address;
      const subscription = /^\/subscriptions\/[^/]+/.exec(scope)?.[0] ?? "";
      const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${definition}`;
      // With the principal's type Azure need not look it up. Even so it knows a new principal only after a while.
      const properties = { roleDefinitionId, principalId, principalType: "ServicePrincipal", description: madeFor(owner) };
      const assign = () =>
        api.call({
          service: "management",
          method: "PUT",
          action: "Microsoft.Authorization/roleAssignments/write",
          path: pathOf(address),
          body: { properties },
        });
      try {
        await api.patiently(assign, (cause) => isCloudCode(cause, "PrincipalNotFound"));
      } catch (cause) {
        throw isCloudCode(cause, "RoleAssignmentExists") ? hasIt(address, cause) : cause;
      }
      return { assignedTo: principalId };
    },
    // Role and scope are its address, so there is nothing in it that could change.
    change: async () => undefined,
    async remove(_, address) {
      await api.find({
        service: "management",
        method: "DELETE",
        action: "Microsoft.Authorization/roleAssignments/delete",
        path: pathOf(address),
      });
    },
  };
}

/** Azure gives a role once, whatever the id of the assignment: this one has another id than ours would. */
function hasIt({ role = "", scope = "" }: Address, cause: Fault): Fault {
  return new Fault("PLAN_CONFLICT", `somebody else gave it the role ${role} on ${scope} already`, {
    hints: [`leave \`--role ${role}\` out: what was done until here is kept`],
    details: cause.details,
    cause,
  });
}
