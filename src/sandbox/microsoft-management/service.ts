import type { EpochSeconds } from "../../core/time.ts";
import { jsonAnswer } from "../json-answer.ts";
import { pageOf } from "../page.ts";
import type { RequestRecord, SandboxAnswer, SandboxRequest, SandboxService } from "../service.ts";
import { openMicrosoftTokens } from "./access-token.ts";
import { graphRoutes } from "./graph.ts";
import { Refusal } from "./refusal.ts";
import { resourceManagerRoutes } from "./resource-manager.ts";
import type { Route } from "./route.ts";
import { readTenant } from "./tenant.ts";

/** What the stand-in for Microsoft's management APIs is made of. */
export interface MicrosoftManagementParts {
  readonly folder: string;
  readonly now: () => EpochSeconds;
}

const NAME = "microsoft-management";
const PAGE_SIZES = { usual: 100, most: 999 };
const HOSTS = { graph: "graph.microsoft.com", management: "management.azure.com" } as const;

/**
 * The stand-in for what an administrator of a tenant calls: Microsoft Graph for app registrations, Azure Resource Manager for
 * user-assigned identities and role assignments. The stand-in for Entra ID judges by what it makes.
 *
 * @see Microsoft Graph REST API v1.0; Azure REST API, Microsoft.ManagedIdentity and Microsoft.Authorization
 */
export function microsoftManagementService({ folder, now }: MicrosoftManagementParts): SandboxService {
  const all = [...graphRoutes(folder), ...resourceManagerRoutes(folder)];
  const isToken = openMicrosoftTokens(folder);
  const pathOf = ({ path }: SandboxRequest): string => {
    try {
      // A scope begins with a slash, and Microsoft's own clients put another one before it.
      return decodeURIComponent(path).replace(/^\/+/, "/");
    } catch {
      return "";
    }
  };
  const routeOf = (request: SandboxRequest): Route | undefined =>
    all.find(({ method, path }) => method === request.method && path.test(pathOf(request)));
  const serve = (request: SandboxRequest): object | null => {
    const audience = pathOf(request).startsWith("/v1.0/") ? "graph" : "management";
    const token = /^Bearer (.+)$/.exec(request.headers.get("authorization")?.[0] ?? "")?.[1] ?? "";
    if (!isToken(token, audience, now())) {
      throw new Refusal(401, "InvalidAuthenticationToken", "Access token is empty, expired or for another audience.");
    }
    const route = routeOf(request);
    if (route === undefined) throw new Refusal(404, "ResourceNotFound", "There is no such resource or method.");
    if (readTenant(folder).administratorLacks.includes(route.action)) throw lacking(route);
    const query = new URLSearchParams(request.query);
    if (route.versions !== undefined && !route.versions.includes(query.get("api-version") ?? "")) {
      throw new Refusal(400, "InvalidApiVersionParameter", "The api-version query parameter is missing or not supported.");
    }
    const served = route.serve({ words: route.path.exec(pathOf(request))?.slice(1) ?? [], request, query });
    return Array.isArray(served) ? shownPage(served, audience, request) : served;
  };
  return {
    name: NAME,
    certifiedHosts: Object.values(HOSTS),
    hasHost: (hostname) => Object.values<string>(HOSTS).includes(hostname),
    wants: ({ path }) => /^\/+(v1\.0|subscriptions)(\/|$)/.test(path),
    actionOf: (request) => routeOf(request)?.action ?? "",
    answer: async (request) => answer(request, routeOf(request), serve),
  };
}

/** Both APIs name the next page by its whole address. @throws {Refusal} */
function shownPage(all: readonly object[], audience: Route["audience"], { host, path, query }: SandboxRequest): object {
  const next = new URLSearchParams(query);
  const page = pageOf(all, { size: next.get("$top"), token: next.get("$skiptoken"), sizes: PAGE_SIZES });
  if (page === null) throw new Refusal(400, "BadRequest", "The page size or the skip token is invalid.");
  if (page.next === null) return { value: page.items };
  next.set("$skiptoken", page.next);
  const link = audience === "graph" ? "@odata.nextLink" : "nextLink";
  return { [link]: `https://${host}${path}?${next}`, value: page.items };
}

function answer(
  request: SandboxRequest,
  route: Route | undefined,
  serve: (request: SandboxRequest) => object | null,
): { readonly answer: SandboxAnswer; readonly record: RequestRecord } {
  const log = (status: number, code: string | null, summary: string): RequestRecord => ({
    service: NAME,
    action: route?.action ?? "no method",
    status,
    code,
    summary,
    findings: [],
  });
  try {
    const result = serve(request);
    const status = result === null ? 204 : request.method === "POST" ? 201 : 200;
    const served = result === null ? { status, headers: {}, body: "" } : jsonAnswer(status, { ...result });
    return { answer: served, record: log(status, null, request.path) };
  } catch (error) {
    const { status, code, message } = asRefusal(error);
    return { answer: jsonAnswer(status, { error: { code, message } }), record: log(status, code, message) };
  }
}

/** Each of the two has its own code for it. */
function lacking({ audience, action }: Route): Refusal {
  return audience === "graph"
    ? new Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    : new Refusal(403, "AuthorizationFailed", `The client does not have authorization to perform action '${action}'.`);
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof SyntaxError) return new Refusal(400, "BadRequest", "Unable to read JSON request payload.");
  return new Refusal(
    400,
    "BadRequest",
    `the sandbox cannot serve this request: ${error instanceof Error ? error.message : error}`,
  );
}
