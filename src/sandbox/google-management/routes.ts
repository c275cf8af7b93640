import type { EpochSeconds } from "../../core/time.ts";
import { type PageWish, pageOf } from "../page.ts";
import type { SandboxRequest } from "../service.ts";
import { replacedPolicy, shownPolicy } from "./allow-policy.ts";
import { canonicalName, openOperations, openPools } from "./pools.ts";
import type { Project, Projects } from "./projects.ts";
import { readBody, SHAPES } from "./read-body.ts";
import type { Resource } from "./records.ts";
import { Refusal } from "./refusal.ts";
import { openServiceAccounts } from "./service-accounts.ts";

/** What one method of a management API does. */
export interface Route {
  /** The API, as it is turned on. */
  readonly service: string;
  readonly method: string;
  readonly path: RegExp;
  /** As Google's permissions name it. */
  readonly permission: string;
  /** @param words what the path's groups matched; the first is the project. */
  serve(call: RouteCall): Resource;
}

export interface RouteCall {
  readonly project: Project;
  readonly words: readonly string[];
  readonly request: SandboxRequest;
  readonly query: URLSearchParams;
}

const IAM = "iam.googleapis.com";
const CRM = "cloudresourcemanager.googleapis.com";
const POOLS = "workloadIdentityPools";

/** Every method that the stand-in has. */
export function routes(folder: string, projects: Projects, now: () => EpochSeconds): readonly Route[] {
  return [...poolRoutes(folder, now), ...accountRoutes(folder), ...projectRoutes(projects), serviceRoute()];
}

/** Pools and providers have the same methods, one level apart. */
function poolRoutes(folder: string, now: () => EpochSeconds): readonly Route[] {
  const pools = openPools(folder, now);
  const operations = openOperations();
  const pool = "projects/([^/]+)/locations/global/workloadIdentityPools";
  const route = (method: string, path: string, permission: string, serve: Route["serve"]): Route => ({
    service: IAM,
    method,
    path: new RegExp(`^/v1/${path}$`),
    permission: `iam.${permission}`,
    serve,
  });
  const nameOf = ({ project, request }: RouteCall): string =>
    canonicalName(request.path.replace(/^\/v1\//, "").replace(/:\w+$/, ""), project);
  const level = (kind: string, type: string, list: string, id: string): readonly Route[] => {
    const one = `${list}/[^/:]+`;
    const idParameter = type === "WorkloadIdentityPool" ? "workloadIdentityPoolId" : "workloadIdentityPoolProviderId";
    const operation = (call: RouteCall, resource: Resource): Resource =>
      operations.begin(String(resource["name"] ?? nameOf(call)), type, resource);
    return [
      route("GET", one, `${kind}.get`, (call) => pools.get(nameOf(call))),
      route("GET", list, `${kind}.list`, (call) =>
        shownPage(id, pools.list(nameOf(call), call.query.get("showDeleted") === "true"), call, { usual: 50, most: 100 }),
      ),
      route("POST", list, `${kind}.create`, (call) =>
        operation(call, pools.create(nameOf(call), call.query.get(idParameter) ?? "", call.request.body)),
      ),
      route("PATCH", one, `${kind}.update`, (call) =>
        operation(call, pools.patch(nameOf(call), call.query.get("updateMask") ?? "", call.request.body)),
      ),
      route("DELETE", one, `${kind}.delete`, (call) => operation(call, pools.setDeleted(nameOf(call), true))),
      route("POST", `${one}:undelete`, `${kind}.undelete`, (call) => {
        readBody(call.request.body, SHAPES.nothing);
        return operation(call, pools.setDeleted(nameOf(call), false));
      }),
      route("GET", `${one}/operations/[^/]+`, `${kind}.get`, (call) => operations.poll(nameOf(call))),
    ];
  };
  return [
    ...level(POOLS, "WorkloadIdentityPool", pool, POOLS),
    ...level(
      "workloadIdentityPoolProviders",
      "WorkloadIdentityPoolProvider",
      `${pool}/[^/:]+/providers`,
      "workloadIdentityPoolProviders",
    ),
  ];
}

function accountRoutes(folder: string): readonly Route[] {
  const accounts = openServiceAccounts(folder);
  const list = "projects/([^/]+)/serviceAccounts";
  const one = `${list}/([^/:]+)`;
  const email = ({ words }: RouteCall): string => decodeURIComponent(words[1] ?? "");
  const route = (method: string, path: string, permission: string, serve: Route["serve"]): Route => ({
    service: IAM,
    method,
    path: new RegExp(`^/v1/${path}$`),
    permission: `iam.serviceAccounts.${permission}`,
    serve,
  });
  return [
    route("GET", one, "get", (call) => accounts.get(call.project, email(call))),
    route("GET", list, "list", (call) => shownPage("accounts", accounts.list(call.project), call, { usual: 20, most: 100 })),
    route("POST", list, "create", ({ project, request }) => accounts.create(project, request.body)),
    route("PATCH", one, "update", (call) => accounts.patch(call.project, email(call), call.request.body)),
    route("DELETE", one, "delete", (call) => accounts.remove(call.project, email(call))),
    route("POST", `${one}:getIamPolicy`, "getIamPolicy", (call) => {
      readBody(call.request.body, SHAPES.nothing);
      return accounts.getPolicy(email(call));
    }),
    route("POST", `${one}:setIamPolicy`, "setIamPolicy", (call) => accounts.setPolicy(email(call), call.request.body)),
  ];
}

/** A page as Google shows it, below its own name for the list. @throws {Refusal} */
function shownPage(name: string, all: readonly Resource[], { query }: RouteCall, sizes: PageWish["sizes"]): Resource {
  const page = pageOf(all, { size: query.get("pageSize"), token: query.get("pageToken"), sizes });
  if (page === null) throw new Refusal("INVALID_ARGUMENT", "The page size or the page token is invalid.");
  return { [name]: page.items, ...(page.next !== null && { nextPageToken: page.next }) };
}

function projectRoutes(projects: Projects): readonly Route[] {
  const route = (method: string, path: RegExp, permission: string, serve: Route["serve"]): Route => ({
    service: CRM,
    method,
    path,
    permission: `resourcemanager.projects.${permission}`,
    serve,
  });
  return [
    route("GET", /^\/v3\/projects\/([^/:]+)$/, "get", ({ project: { projectId, projectNumber } }) => ({
      name: `projects/${projectNumber}`,
      projectId,
      state: "ACTIVE",
      displayName: projectId,
    })),
    // The older version, which gcloud calls.
    route("GET", /^\/v1\/projects\/([^/:]+)$/, "get", ({ project: { projectId, projectNumber } }) => ({
      projectNumber,
      projectId,
      lifecycleState: "ACTIVE",
      name: projectId,
    })),
    route("POST", /^\/v[13]\/projects\/([^/:]+):getIamPolicy$/, "getIamPolicy", ({ project, request }) => {
      readBody(request.body, SHAPES.getPolicy);
      return shownPolicy(project.policy);
    }),
    route("POST", /^\/v[13]\/projects\/([^/:]+):setIamPolicy$/, "setIamPolicy", ({ project, request }) => {
      const policy = replacedPolicy(project.policy, request.body);
      projects.savePolicy(project, policy);
      return shownPolicy(policy);
    }),
  ];
}

function serviceRoute(): Route {
  return {
    service: "serviceusage.googleapis.com",
    method: "GET",
    path: /^\/v1\/projects\/([^/]+)\/services:batchGet$/,
    permission: "serviceusage.services.get",
    serve: ({ project, query }) => ({
      services: query.getAll("names").map((name) => ({
        name,
        parent: `projects/${project.projectNumber}`,
        state: project.services === null || project.services.includes(name.split("/").at(-1) ?? "") ? "ENABLED" : "DISABLED",
      })),
    }),
  };
}
