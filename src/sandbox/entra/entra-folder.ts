import { rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { FederatedCredential } from "../../trust/entra/judge-token.ts";
import { invalidFile, jsonFilesIn, readJsonFile } from "../json-files.ts";
import { writeWhole } from "../sandbox-folder.ts";

/** An app registration or a user-assigned identity of the sandbox's Entra ID. */
export interface EntraApplication {
  readonly tenantId: string;
  readonly clientId: string;
  readonly federatedCredentials: readonly (FederatedCredential & { readonly id?: string; readonly description?: string })[];
  /** What an administrator sees of an app registration; a file that was written by hand may leave it out. */
  readonly objectId?: string;
  readonly displayName?: string;
  readonly signInAudience?: string;
  readonly tags?: readonly string[];
  /** Its service principal; null: it has none, and nobody can sign in as it. */
  readonly servicePrincipalId?: string | null;
  /** For a user-assigned identity: the resource that it is. */
  readonly managedIdentity?: {
    readonly id: string;
    readonly principalId: string;
    readonly location: string;
    readonly tags: Readonly<Record<string, string>>;
  };
}

const guid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/, "is not a GUID in lower case"));
const limited = v.pipe(v.string(), v.minLength(1), v.maxLength(600, "is longer than 600 characters"));
/** Microsoft: 20 federated credentials at most, each with one audience, no two of one issuer and subject. */
const applicationSchema = v.strictObject({
  tenantId: guid,
  clientId: guid,
  objectId: v.optional(guid),
  displayName: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
  signInAudience: v.optional(v.string()),
  tags: v.optional(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(256)))),
  servicePrincipalId: v.optional(v.nullable(guid)),
  managedIdentity: v.optional(
    v.strictObject({ id: v.string(), principalId: guid, location: v.string(), tags: v.record(v.string(), v.string()) }),
  ),
  federatedCredentials: v.pipe(
    v.array(
      v.strictObject({
        id: v.optional(v.string()),
        description: v.optional(limited),
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
  return applicationFiles(folder).map(readApplication);
}

/** Replaces the application with that client id. @returns the file. @throws {Fault} `SANDBOX_INVALID` */
export function addEntraApplication(folder: string, application: EntraApplication): string {
  const result = v.safeParse(applicationSchema, application);
  if (!result.success) {
    const [issue] = result.issues;
    throw invalidFile("the application", v.getDotPath(issue) ?? "", issue.message);
  }
  const file = fileOf(folder, application.clientId) ?? join(folder, "entra", "applications", `${application.clientId}.json`);
  writeWhole(file, `${JSON.stringify(application, null, 2)}\n`);
  return file;
}

/** Takes an application out, if it is there. */
export function removeEntraApplication(folder: string, clientId: string): void {
  const file = fileOf(folder, clientId);
  if (file !== null) rmSync(file, { force: true });
}

function applicationFiles(folder: string): readonly string[] {
  return jsonFilesIn(join(folder, "entra", "applications"));
}

function readApplication(file: string): EntraApplication {
  // Valibot's optional members may be there and undefined, which a file's cannot.
  return readJsonFile(file, applicationSchema) as EntraApplication;
}

function fileOf(folder: string, clientId: string): string | null {
  return applicationFiles(folder).find((file) => readApplication(file).clientId === clientId) ?? null;
}
