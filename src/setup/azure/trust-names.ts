import { createHash } from "node:crypto";

/** What the things that `setup azure` makes are called, and how they are known for ours. */

/** The tag of an application, a service principal or a managed identity that was made for an owner. */
export const OWNER_TAG = "brevet-owner";

/** The tag of an application, which has texts for tags. */
export function applicationTag(owner: string): string {
  return `${OWNER_TAG}=${owner}`;
}

/** The name of an owner's application, managed identity and federated credential: 3 to 120 of letters, digits, - and _. */
export function trustName(owner: string): string {
  const plain = `brevet-${owner}`.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/-+$/, "");
  if (plain.length <= 64) return plain;
  return `${plain.slice(0, 55)}-${createHash("sha256").update(owner).digest("hex").slice(0, 8)}`;
}

/** The id of a role assignment: the same for the same owner, role and scope, so that it is found again and never made twice. */
export function assignmentId(owner: string, role: string, scope: string): string {
  const bytes = createHash("sha256").update(`${owner}\n${role}\n${scope}`).digest().subarray(0, 16);
  // RFC 9562 §5.8: the version says that the rest is our own affair.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Microsoft: an application or a managed identity has room for so many federated credentials. */
export const MOST_CREDENTIALS = 20;
