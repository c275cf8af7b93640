import { join } from "node:path";
import * as v from "valibot";
import type { FederatedCredential } from "../../trust/entra/judge-token.ts";
import { jsonFilesIn, readJsonFile } from "../json-files.ts";
import { writeWhole } from "../sandbox-folder.ts";

/** An app registration or a user-assigned identity of the sandbox's Entra ID. */
export interface EntraApplication {
  readonly tenantId: string;
  readonly clientId: string;
  readonly federatedCredentials: readonly FederatedCredential[];
}

const guid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/, "is not a GUID in lower case"));
const limited = v.pipe(v.string(), v.minLength(1), v.maxLength(600, "is longer than 600 characters"));
/** Microsoft: 20 federated credentials at most, each with one audience, no two of one issuer and subject. */
const applicationSchema = v.strictObject({
  tenantId: guid,
  clientId: guid,
  federatedCredentials: v.pipe(
    v.array(
      v.strictObject({
        name: v.pipe(v.string(), v.regex(/^[\w-]{3,120}$/, "is not 3 to 120 letters, digits, - and _")),
        issuer: v.pipe(limited, v.startsWith("https://", "is not an https URL")),
        subject: limited,
        audiences: v.pipe(v.array(limited), v.length(1, "has to hold exactly one audience")),
      }),
    ),
    v.maxLength(20, "has over 20 entries, which Entra ID does not take"),
    v.check(
      (all) => new Set(all.map(({ issuer, subject }) => `${issuer} ${subject}`)).size === all.length,
      "has two credentials of one issuer and subject",
    ),
  ),
});

/** The applications in `entra/applications/<any name>.json`, read again at each call. @throws {Fault} `SANDBOX_INVALID` */
export function entraApplications(folder: string): readonly EntraApplication[] {
  return jsonFilesIn(join(folder, "entra", "applications")).map(readApplication);
}

function readApplication(file: string): EntraApplication {
  return readJsonFile(file, applicationSchema);
}

/** Writes an application with one federated credential. @returns the file. @throws {Fault} `SANDBOX_INVALID` */
export function addEntraApplication(folder: string, application: EntraApplication): string {
  const file = join(folder, "entra", "applications", `${application.clientId}.json`);
  writeWhole(file, `${JSON.stringify(application, null, 2)}\n`);
  readApplication(file);
  return file;
}
