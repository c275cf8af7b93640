import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Http, HttpRequest, HttpResponse } from "../../src/core/http.ts";
import { Secret } from "../../src/core/secret.ts";
import { heldToken } from "../../src/platform/cloud-admin/admin-token.ts";
import type { GoogleAccess } from "../../src/platform/cloud-admin/google-api.ts";
import { administratorToken, openGoogleTokens } from "../../src/sandbox/google/access-token.ts";
import { googleManagementService } from "../../src/sandbox/google-management/service.ts";
import type { SandboxService } from "../../src/sandbox/service.ts";
import { NO_PAUSES } from "../no-pauses.ts";
import { survival } from "./provisioner.ts";
import { requestWith } from "./sandbox-service.ts";
import { wholeBody } from "./whole-body.ts";

export const NOW = 1_800_000_000;
export const PROJECT = "example-project";

/** A project of the sandbox's Google Cloud, administered without a network between. */
export interface GoogleWorld {
  readonly folder: string;
  readonly access: GoogleAccess;
  /** What was asked, in its order. */
  readonly requests: HttpRequest[];
  /** What the next requests with that method and path are answered instead. */
  readonly canned: { method: string; path: RegExp; answer: HttpResponse }[];
  readonly clock: { seconds: number };
  /** All that is there and was not deleted, by the names of the files. */
  snapshot(): unknown;
  write(kind: string, name: string, resource: object): void;
  remove(): void;
}

/** @param stopAfter the process is killed at that point: each request has one before it and one after it. */
export function openGoogleWorld(stopAfter: number | null = null, kept?: string): GoogleWorld {
  const folder = kept ?? mkdtempSync(join(tmpdir(), "brevet-google-"));
  const clock = { seconds: NOW };
  const now = () => clock.seconds;
  const service = googleManagementService({ folder, tokens: openGoogleTokens(folder), now });
  const requests: HttpRequest[] = [];
  const canned: GoogleWorld["canned"] = [];
  const survive = survival(stopAfter);
  const http: Http = async (request) => {
    requests.push(request);
    survive();
    const index = canned.findIndex(({ method, path }) => method === request.method && path.test(request.url));
    const [instead] = index < 0 ? [] : canned.splice(index, 1);
    const answer = instead?.answer ?? (await throughService(service, request));
    // While it waits to hear what came of it.
    survive();
    return answer;
  };
  const token = new Secret("access token", administratorToken(folder, NOW));
  return {
    folder,
    requests,
    canned,
    clock,
    access: {
      http,
      environment: {},
      token: heldToken(async () => ({ secret: token, renewal: "ask for another" })),
      tempo: NO_PAUSES,
    },
    snapshot: () => snapshot(join(folder, "google")),
    write(kind, name, resource) {
      mkdirSync(join(folder, "google", kind), { recursive: true });
      writeFileSync(join(folder, "google", kind, `${name}.json`), JSON.stringify(resource));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** One request to a stand-in, as the listener would hand it over. */
export async function throughService(service: SandboxService, request: HttpRequest): Promise<HttpResponse> {
  const { hostname, pathname, search } = new URL(request.url);
  const headers = new Map(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), [value]]));
  const { answer } = await service.answer(
    requestWith({
      method: request.method,
      host: hostname,
      path: pathname,
      query: search.slice(1),
      headers,
      body: wholeBody(request) ?? "",
    }),
  );
  return answer;
}

function snapshot(folder: string): unknown {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  const all = names.sort().map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))] as const);
  return Object.fromEntries(all.filter(([, resource]) => resource.state !== "DELETED"));
}
