import { Fault } from "../../core/fault.ts";
import type { Where } from "../../core/place.ts";

/* Names of Google Cloud that people type. `where` names the place in messages: `profiles.dev.gcp.project`, `--project`. */

/**
 * The id or the number of a project; an id of an old domain has that before it, `example.com:name`.
 *
 * @throws {Fault} `NAME_INVALID`
 * @see Resource Manager, "Creating and managing projects": 6 to 30 of a-z, 0-9 and -
 */
export function parseProject(text: string, where: Where): string {
  if (/^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(text) || /^\d{6,15}$/.test(text)) return text;
  throw new Fault("NAME_INVALID", `${where}: ${JSON.stringify(text)} is not the id of a project`, {
    hints: ["it is 6 to 30 of a-z, 0-9 and -, and not the project's name: `gcloud projects list` has both"],
  });
}

/** @throws {Fault} `NAME_INVALID` @see IAM, "Service accounts overview": 6 to 30 of a-z, 0-9 and - before the @, or a default account's name: App Engine's is the project's id, with its domain */
export function parseServiceAccount(text: string, where: Where): string {
  if (/^([a-z0-9.-]{1,100}:)?[a-z0-9][a-z0-9.-]{1,127}@[a-z0-9-]+(\.[a-z0-9-]+)*\.gserviceaccount\.com$/.test(text)) return text;
  throw new Fault("NAME_INVALID", `${where}: ${JSON.stringify(text)} is not the e-mail of a service account`, {
    hints: ["write it as `name@project.iam.gserviceaccount.com`"],
  });
}
