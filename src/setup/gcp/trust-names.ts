import { createHash } from "node:crypto";

/** What the things that `setup gcp` makes are called, and how they are known for ours: none of them has tags or labels. */

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

/** The project of a service account by its e-mail; null for those that Google makes, whose e-mails are of their services. */
export function projectOfAccount(email: string): string | null {
  const [, name, domain] = /@([a-z][a-z0-9-]+)(?:\.(.+))?\.iam\.gserviceaccount\.com$/.exec(email) ?? [];
  if (name === undefined) return null;
  return domain === undefined ? name : `${domain}:${name}`;
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
