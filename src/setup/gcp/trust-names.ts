import { createHash } from "node:crypto";
import type { TakenHints } from "../planned-step.ts";

/** What the things that `setup gcp` makes are called, and how they are known for ours: none of them has tags or labels. */

/** What marks a pool, a provider or a service account as made for an owner: its description. */
export function madeFor(owner: string): string {
  return `Made by brevet for ${owner}`.slice(0, 256);
}

/** The id of an owner's pool: 4 to 32 of a-z, 0-9 and -, and not `gcp-` at its beginning. */
export function poolIdOf(owner: string): string {
  return shortened(`brevet-${owner}`, 32);
}

/** The id of an owner's service account: 6 to 30 of a-z, 0-9 and -, and a letter or digit at its end. */
export function accountIdOf(owner: string): string {
  return shortened(`brevet-${owner}`, 30);
}

/** The e-mail of a service account; a project of a domain (`example.com:project`) has its domain last. */
export function accountEmail(accountId: string, projectId: string): string {
  const [domain, name] = projectId.includes(":") ? projectId.split(":") : [null, projectId];
  return `${accountId}@${name}${domain === null ? "" : `.${domain}`}.iam.gserviceaccount.com`;
}

/** Two owners whose names begin alike must not come out alike. */
function shortened(text: string, length: number): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/-+$/, "");
  if (plain.length <= length) return plain;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return `${plain.slice(0, length - 9).replace(/-+$/, "")}-${digest}`;
}

/** What to type where a name is taken by somebody else, by the kind of the resource. */
export const TAKEN_HINTS: TakenHints = {
  "gcp-pool": "give another name by `--pool ID`",
  "gcp-provider": "give another name by `--provider-id ID`",
  "gcp-service-account": "give another name by `--service-account-id ID`, or use it as it is by `--service-account EMAIL`",
};
