import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Http, HttpRequest } from "../../src/core/http.ts";
import { Secret } from "../../src/core/secret.ts";
import { heldToken } from "../../src/platform/cloud-admin/admin-token.ts";
import type { MicrosoftAccess, MicrosoftService } from "../../src/platform/cloud-admin/microsoft-api.ts";
import { microsoftToken } from "../../src/sandbox/microsoft-management/access-token.ts";
import { microsoftManagementService } from "../../src/sandbox/microsoft-management/service.ts";
import { NO_PAUSES } from "../no-pauses.ts";
import { NOW, throughService } from "./google-world.ts";
import { survival } from "./provisioner.ts";

/** A tenant of the sandbox's Entra ID, administered without a network between. */
export interface AzureWorld {
  readonly folder: string;
  readonly access: MicrosoftAccess;
  /** What was asked, in its order. */
  readonly requests: HttpRequest[];
  snapshot(): unknown;
  /** @param file below `entra`. */
  write(file: string, resource: object): void;
  /** Changes every file below `entra` by its text. */
  edit(change: (text: string) => string): void;
  remove(): void;
}

/** @param stopAfter the process is killed at that point: each request has one before it and one after it. */
export function openAzureWorld(stopAfter: number | null = null, kept?: string): AzureWorld {
  const folder = kept ?? mkdtempSync(join(tmpdir(), "brevet-azure-"));
  const service = microsoftManagementService({ folder, now: () => NOW });
  const requests: HttpRequest[] = [];
  const survive = survival(stopAfter);
  const http: Http = async (request) => {
    requests.push(request);
    survive();
    const answer = await throughService(service, request);
    // While it waits to hear what came of it.
    survive();
    return answer;
  };
  const token = (audience: MicrosoftService) => {
    const secret = new Secret("access token", microsoftToken(folder, audience, NOW));
    return heldToken(async () => ({ secret, renewal: "ask for another" }));
  };
  const top = join(folder, "entra");
  return {
    folder,
    requests,
    access: {
      http,
      endpoints: { graph: "https://graph.microsoft.com/", management: "https://management.azure.com/" },
      tokens: { graph: token("graph"), management: token("management") },
      tempo: NO_PAUSES,
    },
    snapshot: () =>
      Object.fromEntries(filesIn(top).map((file) => [file.slice(top.length), JSON.parse(readFileSync(file, "utf8"))])),
    write(file, resource) {
      mkdirSync(dirname(join(top, file)), { recursive: true });
      writeFileSync(join(top, file), JSON.stringify(resource));
    },
    edit(change) {
      for (const file of filesIn(top)) writeFileSync(file, change(readFileSync(file, "utf8")));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => join(folder, name));
}
