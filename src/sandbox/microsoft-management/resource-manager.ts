import { randomUUID } from "node:crypto";
import { addEntraApplication, type EntraApplication, entraApplications, removeEntraApplication } from "../entra/entra-folder.ts";
import { openAssignments } from "./assignments.ts";
import { propertiesOf, readCredential, withCredential } from "./credentials.ts";
import { checkShape, type Resource, readBody } from "./read-body.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./route.ts";
import { readTenant } from "./tenant.ts";

const IDENTITY_VERSIONS = ["2023-01-31", "2024-11-30"];
const AUTHORIZATION_VERSIONS = ["2022-04-01"];
const GROUP = "/subscriptions/([0-9a-f-]{36})/resourceGroups/([\\w.()-]{1,90})";
const IDENTITY = `(${GROUP}/providers/Microsoft\\.ManagedIdentity/userAssignedIdentities/([\\w-]{3,128}))`;

type MakeRoute = (method: string, path: string, action: string, serve: Route["serve"]) => Route;

/** The part of Azure Resource Manager that gives identities and roles. @see Azure REST API */
export function resourceManagerRoutes(folder: string): readonly Route[] {
  const routeOf =
    (versions: readonly string[]): MakeRoute =>
    (method, path, action, serve) => ({
      audience: "management",
      method,
      path: new RegExp(`^${path}$`, "i"),
      action,
      versions,
      serve,
    });
  return [
    routeOf(["2022-12-01", "2021-01-01"])("GET", "/subscriptions", "Microsoft.Resources/subscriptions/read", () => {
      const { tenantId, subscriptions } = readTenant(folder);
      return subscriptions.map(({ id, name }) => ({
        id: `/subscriptions/${id}`,
        subscriptionId: id,
        tenantId,
        displayName: name,
        state: "Enabled",
      }));
    }),
    ...identityRoutes(folder, routeOf(IDENTITY_VERSIONS)),
    ...credentialRoutes(folder, routeOf(IDENTITY_VERSIONS)),
    ...authorizationRoutes(folder, routeOf(AUTHORIZATION_VERSIONS)),
  ];
}

function identityRoutes(folder: string, route: MakeRoute): readonly Route[] {
  const action = "Microsoft.ManagedIdentity/userAssignedIdentities";
  return [
    route("GET", IDENTITY, `${action}/read`, ({ words }) => shown(findIdentity(folder, words))),
    route("PUT", IDENTITY, `${action}/write`, ({ words, request }) => {
      const [id = "", subscription = "", group = ""] = words;
      requireGroup(folder, subscription, group);
      const { location, tags = {} } = readBody(request.body, { location: "text", tags: "object" });
      if (typeof location !== "string" || location === "")
        throw new Refusal(400, "LocationRequired", "The location property is required.");
      const former = entraApplications(folder).find((one) => isIdentity(one, id));
      const made = former ?? newIdentity(readTenant(folder).tenantId);
      const principalId = former?.managedIdentity?.principalId ?? randomUUID();
      const identity = {
        ...made,
        managedIdentity: { id, principalId, location, tags: tags as Readonly<Record<string, string>> },
      };
      addEntraApplication(folder, identity);
      return shown(identity);
    }),
    route("DELETE", IDENTITY, `${action}/delete`, ({ words }) => {
      removeEntraApplication(folder, findIdentity(folder, words).clientId);
      return null;
    }),
  ];
}

function credentialRoutes(folder: string, route: MakeRoute): readonly Route[] {
  const list = `${IDENTITY}/federatedIdentityCredentials`;
  const action = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";
  const shownCredential = (
    id: string,
    { name, issuer, subject, audiences }: EntraApplication["federatedCredentials"][number],
  ) => ({
    id: `${id}/federatedIdentityCredentials/${name}`,
    name,
    type: action,
    properties: { issuer, subject, audiences },
  });
  return [
    route("GET", list, `${action}/read`, ({ words }) =>
      findIdentity(folder, words).federatedCredentials.map((one) => shownCredential(words[0] ?? "", one)),
    ),
    route("PUT", `${list}/([\\w-]{3,120})`, `${action}/write`, ({ words, request }) => {
      const identity = findIdentity(folder, words);
      const name = words[4] ?? "";
      const former = identity.federatedCredentials.find((one) => one.name === name) ?? null;
      const wanted = readCredential(name, propertiesOf(JSON.parse(request.body)), former);
      addEntraApplication(folder, {
        ...identity,
        federatedCredentials: withCredential(identity.federatedCredentials, wanted, former === null),
      });
      return shownCredential(words[0] ?? "", wanted);
    }),
    route("DELETE", `${list}/([\\w-]{3,120})`, `${action}/delete`, ({ words }) => {
      const identity = findIdentity(folder, words);
      const federatedCredentials = identity.federatedCredentials.filter(({ name }) => name !== words[4]);
      addEntraApplication(folder, { ...identity, federatedCredentials });
      return null;
    }),
  ];
}

function authorizationRoutes(folder: string, route: MakeRoute): readonly Route[] {
  const assignments = openAssignments(folder);
  const scope = "(/subscriptions/[0-9a-f-]{36}(?:/.+?)?)";
  const authorization = `${scope}/providers/Microsoft\\.Authorization`;
  const one = `${authorization}/roleAssignments/([0-9a-f-]{36})`;
  return [
    route("GET", `${authorization}/roleDefinitions`, "Microsoft.Authorization/roleDefinitions/read", ({ words, query }) => {
      const roleName = /^roleName eq '((?:[^']|'')*)'$/.exec(query.get("$filter") ?? "")?.[1]?.replaceAll("''", "'") ?? "";
      return definitionsOf(words[0] ?? "").filter(({ properties }) => properties.roleName === roleName);
    }),
    route("GET", one, "Microsoft.Authorization/roleAssignments/read", ({ words }) =>
      assignments.find(words[0] ?? "", words[1] ?? ""),
    ),
    route("PUT", one, "Microsoft.Authorization/roleAssignments/write", ({ words, request }) => {
      const [at = "", name = ""] = words;
      const properties = checkShape(propertiesOf(JSON.parse(request.body)), {
        roleDefinitionId: "text",
        principalId: "text",
        principalType: "text",
        description: "text",
      });
      const principals = entraApplications(folder).map((each) => each.servicePrincipalId ?? each.managedIdentity?.principalId);
      if (!principals.includes(String(properties["principalId"]))) {
        throw new Refusal(
          400,
          "PrincipalNotFound",
          `Principal ${String(properties["principalId"])} does not exist in the directory.`,
        );
      }
      const known = definitionsOf(at).some(
        ({ id }) => id.split("/").at(-1) === String(properties["roleDefinitionId"]).split("/").at(-1),
      );
      if (!known) throw new Refusal(400, "RoleDefinitionDoesNotExist", "The specified role definition does not exist.");
      return assignments.save(at, name, properties);
    }),
    route("DELETE", one, "Microsoft.Authorization/roleAssignments/delete", ({ words }) =>
      assignments.remove(words[0] ?? "", words[1] ?? ""),
    ),
  ];
}

/** The built-in roles that the sandbox has; each id is Azure's own. */
const ROLES = {
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
} as const;

function definitionsOf(scope: string) {
  const subscription = /^\/subscriptions\/[^/]+/.exec(scope)?.[0] ?? "";
  return Object.entries(ROLES).map(([roleName, name]) => ({
    id: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${name}`,
    name,
    type: "Microsoft.Authorization/roleDefinitions",
    properties: { roleName, type: "BuiltInRole" },
  }));
}

function requireGroup(folder: string, subscription: string, group: string): void {
  const found = readTenant(folder).subscriptions.find(({ id }) => id === subscription);
  if (found === undefined)
    throw new Refusal(404, "SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
  if (found.resourceGroups.includes(group)) return;
  throw new Refusal(404, "ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
}

function isIdentity({ managedIdentity }: EntraApplication, id: string): boolean {
  return managedIdentity?.id.toLowerCase() === id.toLowerCase();
}

function findIdentity(folder: string, [id = ""]: readonly (string | undefined)[]): EntraApplication {
  const found = entraApplications(folder).find((one) => isIdentity(one, id));
  if (found !== undefined) return found;
  throw new Refusal(404, "ResourceNotFound", `The resource '${id}' was not found.`);
}

function newIdentity(tenantId: string): EntraApplication {
  return { tenantId, clientId: randomUUID(), federatedCredentials: [] };
}

function shown({ managedIdentity, clientId, tenantId }: EntraApplication): Resource {
  const { id = "", principalId, location, tags } = managedIdentity ?? {};
  const type = "Microsoft.ManagedIdentity/userAssignedIdentities";
  return { id, name: id.split("/").at(-1), type, location, tags, properties: { tenantId, principalId, clientId } };
}
