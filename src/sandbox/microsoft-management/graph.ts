import { randomUUID } from "node:crypto";
import { addEntraApplication, type EntraApplication, entraApplications, removeEntraApplication } from "../entra/entra-folder.ts";
import { readCredential, withCredential } from "./credentials.ts";
import { type Resource, readBody } from "./read-body.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./route.ts";
import { readTenant } from "./tenant.ts";

const APPLICATION = { displayName: "text", signInAudience: "text", tags: "texts", notes: "text", description: "text" } as const;
const PRINCIPAL = { appId: "text", tags: "texts", accountEnabled: "boolean" } as const;
const ONE = "applications(?:/([0-9a-f-]{36})|\\(appId='([0-9a-f-]{36})'\\))";

/** The part of Microsoft Graph by which an administrator registers applications. @see Microsoft Graph REST API v1.0 */
export function graphRoutes(folder: string): readonly Route[] {
  const route = (method: string, path: string, action: string, serve: Route["serve"]): Route => ({
    audience: "graph",
    method,
    path: new RegExp(`^/v1\\.0/${path}$`),
    action: `microsoft.directory/${action}`,
    serve,
  });
  // A user-assigned identity is not a registered application.
  const registered = (): readonly EntraApplication[] =>
    entraApplications(folder).filter((one) => one.managedIdentity === undefined);
  const find = ([objectId, clientId]: readonly (string | undefined)[]): EntraApplication => {
    const found = registered().find((one) => (objectId === undefined ? one.clientId === clientId : idOf(one) === objectId));
    if (found !== undefined) return found;
    throw new Refusal(404, "Request_ResourceNotFound", `Resource '${objectId ?? clientId}' does not exist.`);
  };
  const save = (application: EntraApplication): void => void addEntraApplication(folder, application);
  return [
    route("GET", "organization", "organization/standard/read", () => [
      { id: readTenant(folder).tenantId, displayName: "sandbox" },
    ]),
    route("GET", "applications", "applications/standard/read", ({ query }) => {
      const name = /^displayName eq '((?:[^']|'')*)'$/.exec(query.get("$filter") ?? "")?.[1]?.replaceAll("''", "'");
      if (query.has("$filter") && name === undefined) throw new Refusal(400, "Request_UnsupportedQuery", "Unsupported Query.");
      return registered()
        .filter((one) => name === undefined || one.displayName === name)
        .map(shown);
    }),
    route("GET", ONE, "applications/standard/read", ({ words }) => shown(find(words))),
    route("POST", "applications", "applications/create", ({ request }) => {
      const made = { ...readApplication(request.body), ...newIds(readTenant(folder).tenantId) };
      save(made);
      return shown(made);
    }),
    route("PATCH", ONE, "applications/basic/update", ({ words, request }) => {
      save({ ...find(words), ...readApplication(request.body, false) });
      return null;
    }),
    route("DELETE", ONE, "applications/delete", ({ words }) => {
      removeEntraApplication(folder, find(words).clientId);
      return null;
    }),
    ...credentialRoutes(route, find, save),
    ...principalRoutes(route, () => entraApplications(folder), save),
  ];
}

type MakeRoute = (method: string, path: string, action: string, serve: Route["serve"]) => Route;

function credentialRoutes(
  route: MakeRoute,
  find: (words: readonly (string | undefined)[]) => EntraApplication,
  save: (application: EntraApplication) => void,
): readonly Route[] {
  const list = `${ONE}/federatedIdentityCredentials`;
  const one = `${list}/([\\w-]{3,120})`;
  const named = (application: EntraApplication, name = "") => {
    const found = application.federatedCredentials.find((each) => each.name === name || each.id === name);
    if (found !== undefined) return found;
    throw new Refusal(404, "Request_ResourceNotFound", `Resource '${name}' does not exist.`);
  };
  const update = "applications/credentials/update";
  return [
    route("GET", list, "applications/standard/read", ({ words }) => find(words).federatedCredentials),
    route("GET", one, "applications/standard/read", ({ words }) => ({ ...named(find(words), words[2]) })),
    route("POST", list, update, ({ words, request }) => {
      const application = find(words);
      const body: unknown = JSON.parse(request.body);
      const wanted = { ...readCredential(String((body as Resource)["name"]), body, null), id: randomUUID() };
      save({ ...application, federatedCredentials: withCredential(application.federatedCredentials, wanted, true) });
      return wanted;
    }),
    route("PATCH", one, update, ({ words, request }) => {
      const application = find(words);
      const former = named(application, words[2]);
      const wanted = readCredential(former.name, JSON.parse(request.body), former);
      save({ ...application, federatedCredentials: withCredential(application.federatedCredentials, wanted, false) });
      return null;
    }),
    route("DELETE", one, update, ({ words }) => {
      const application = find(words);
      const { name } = named(application, words[2]);
      save({ ...application, federatedCredentials: application.federatedCredentials.filter((each) => each.name !== name) });
      return null;
    }),
  ];
}

function principalRoutes(
  route: MakeRoute,
  principals: () => readonly EntraApplication[],
  save: (application: EntraApplication) => void,
): readonly Route[] {
  const shownPrincipal = ({ servicePrincipalId, clientId: appId, displayName, managedIdentity }: EntraApplication): Resource => ({
    id: managedIdentity?.principalId ?? servicePrincipalId,
    appId,
    displayName: managedIdentity?.id.split("/").at(-1) ?? displayName,
    accountEnabled: true,
    servicePrincipalType: managedIdentity === undefined ? "Application" : "ManagedIdentity",
    alternativeNames: managedIdentity === undefined ? [] : ["isExplicit=True", managedIdentity.id],
  });
  const find = (matches: (one: EntraApplication) => boolean): EntraApplication => {
    const isThere = (one: EntraApplication): boolean =>
      (one.servicePrincipalId ?? null) !== null || one.managedIdentity !== undefined;
    const found = principals().find((one) => isThere(one) && matches(one));
    if (found !== undefined) return found;
    throw new Refusal(404, "Request_ResourceNotFound", "The service principal does not exist.");
  };
  return [
    route("GET", "servicePrincipals\\(appId='([0-9a-f-]{36})'\\)", "servicePrincipals/standard/read", ({ words }) =>
      shownPrincipal(find(({ clientId }) => clientId === words[0])),
    ),
    route("POST", "servicePrincipals", "servicePrincipals/create", ({ request }) => {
      const { appId } = readBody(request.body, PRINCIPAL);
      const application = principals().find((one) => one.clientId === appId && one.managedIdentity === undefined);
      if (application === undefined) {
        throw new Refusal(
          400,
          "NoBackingApplicationObject",
          `The appId '${String(appId).slice(0, 64)}' references no valid application object.`,
        );
      }
      if ((application.servicePrincipalId ?? null) !== null) {
        throw new Refusal(409, "Request_MultipleObjectsWithSameKeyValue", "The service principal is already in use.");
      }
      const made = { ...application, servicePrincipalId: randomUUID() };
      save(made);
      return shownPrincipal(made);
    }),
    route("DELETE", "servicePrincipals/([0-9a-f-]{36})", "servicePrincipals/delete", ({ words }) => {
      save({ ...find(({ servicePrincipalId }) => servicePrincipalId === words[0]), servicePrincipalId: null });
      return null;
    }),
  ];
}

function readApplication(body: string, isNew = true): Pick<EntraApplication, "displayName" | "signInAudience" | "tags"> {
  const { displayName, signInAudience, tags } = readBody(body, APPLICATION);
  if (isNew && typeof displayName !== "string")
    throw new Refusal(400, "Request_BadRequest", "A value is required for property 'displayName'.");
  const audiences = ["AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"];
  if (signInAudience !== undefined && !audiences.includes(String(signInAudience))) {
    throw new Refusal(400, "Request_BadRequest", "Invalid value specified for property 'signInAudience'.");
  }
  const given = {
    displayName,
    signInAudience: signInAudience ?? (isNew ? "AzureADMyOrg" : undefined),
    tags: tags ?? (isNew ? [] : undefined),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function newIds(tenantId: string) {
  return { tenantId, clientId: randomUUID(), objectId: randomUUID(), servicePrincipalId: null, federatedCredentials: [] };
}

/** One that was written by hand has no id of its own. */
function idOf({ objectId, clientId }: EntraApplication): string {
  return objectId ?? clientId;
}

function shown(application: EntraApplication): Resource {
  const { clientId, displayName = "", signInAudience = "AzureADMyOrg", tags = [] } = application;
  return { id: idOf(application), appId: clientId, displayName, signInAudience, tags };
}
