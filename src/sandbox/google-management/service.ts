import type { EpochSeconds } from "../../core/time.ts";
import { bearerName, type GoogleTokens } from "../google/access-token.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { RequestRecord, SandboxAnswer, SandboxRequest, SandboxService } from "../service.ts";
import { openProjects, type Project } from "./projects.ts";
import { Refusal, STATUS } from "./refusal.ts";
import { type Route, routes } from "./routes.ts";

/** What the stand-in for Google's management APIs is made of. */
export interface GoogleManagementParts {
  readonly folder: string;
  readonly tokens: GoogleTokens;
  readonly now: () => EpochSeconds;
}

const NAME = "google-management";
const HOSTS = ["iam.googleapis.com", "cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com"];

/**
 * The stand-in for what an administrator of a Google Cloud project calls: pools and providers, service accounts, allow policies
 * and the project itself. The stand-ins for STS and IAM Credentials judge by what it makes.
 *
 * @see Identity and Access Management API v1; Cloud Resource Manager API v3; Service Usage API v1
 */
export function googleManagementService(parts: GoogleManagementParts): SandboxService {
  const projects = openProjects(parts.folder);
  const all = routes(parts.folder, projects, parts.now);
  const routeOf = ({ method, path }: SandboxRequest): Route | undefined =>
    all.find((route) => route.method === method && route.path.test(path));
  const serve = (request: SandboxRequest): { readonly result: object; readonly summary: string } => {
    const caller = authenticate(request, parts);
    const route = routeOf(request);
    if (route === undefined) throw new Refusal("NOT_FOUND", "Method not found.");
    const words = route.path.exec(request.path)?.slice(1) ?? [];
    const named = words[0] === "-" ? (words[1] ?? "").split("@")[1]?.split(".")[0] : words[0];
    const project = projects.find(named ?? "");
    requireAllowed(route, project, caller);
    return { result: route.serve({ project, words, request, query: new URLSearchParams(request.query) }), summary: request.path };
  };
  return {
    name: NAME,
    certifiedHosts: HOSTS,
    hasHost: (hostname) => HOSTS.includes(hostname),
    wants: ({ path }) => /^\/(v1|v3)\/projects(\/|:|$)/.test(path) && !/:(generate|sign)\w+$/.test(path),
    actionOf: (request) => routeOf(request)?.permission ?? "",
    answer: async (request) => answer(request, routeOf(request)?.permission ?? "no method", serve),
  };
}

function answer(
  request: SandboxRequest,
  action: string,
  serve: (request: SandboxRequest) => { readonly result: object; readonly summary: string },
): { readonly answer: SandboxAnswer; readonly record: RequestRecord } {
  const log = (status: number, code: string | null, summary: string): RequestRecord => ({
    service: NAME,
    action,
    status,
    code,
    summary,
    findings: [],
  });
  try {
    const { result, summary } = serve(request);
    return { answer: jsonAnswer(200, { ...result }), record: log(200, null, summary) };
  } catch (error) {
    const { code: status, message, details } = asRefusal(error);
    const code = STATUS[status];
    const body = { error: { code, message, status, ...(details.length === 0 ? {} : { details }) } };
    return { answer: jsonAnswer(code, body), record: log(code, status, message) };
  }
}

function authenticate(request: SandboxRequest, { tokens, now }: GoogleManagementParts): string | null {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization")?.[0] ?? "")?.[1] ?? "";
  const session = tokens.read(token, now());
  if (session === null) {
    throw new Refusal(
      "UNAUTHENTICATED",
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
    );
  }
  return session.bearer.kind === "administrator" ? null : bearerName(session);
}

/** @param stranger the caller, who is not an administrator. */
function requireAllowed({ permission, service }: Route, project: Project, stranger: string | null): void {
  if (stranger !== null || project.administratorLacks.includes(permission)) {
    throw new Refusal("PERMISSION_DENIED", `Permission '${permission}' denied on resource (or it may not exist).`, [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "IAM_PERMISSION_DENIED",
        domain: service,
        metadata: { permission, resource: `projects/${project.projectId}` },
      },
    ]);
  }
  if (project.services === null || project.services.includes(service)) return;
  const consumer = `projects/${project.projectNumber}`;
  throw new Refusal(
    "PERMISSION_DENIED",
    `The API ${service} has not been used in project ${project.projectNumber} before or it is disabled.`,
    [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "SERVICE_DISABLED",
        domain: "googleapis.com",
        metadata: { service, consumer },
      },
    ],
  );
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Refusal("FAILED_PRECONDITION", `the sandbox cannot serve this request: ${reason}`);
}
