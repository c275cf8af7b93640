import { Fault } from "../../core/fault.ts";
import type { Where } from "../../core/place.ts";

/** A role's ARN, taken apart. */
export interface RoleArn {
  readonly text: string;
  readonly partition: string;
  readonly accountId: string;
  /** Without its path, as `assumed-role` ARNs write it. */
  readonly name: string;
}

const ROLE = /^arn:(aws[a-z0-9-]*):iam::(\d{12}):role\/(?:[\u0021-\u007e]{1,511}\/)?([\w+=,.@-]{1,64})$/;

/**
 * Reads `arn:aws:iam::123456789012:role/path/name`.
 *
 * @throws {Fault} `ARN_INVALID`
 * @see IAM User Guide, "IAM ARNs"
 */
export function parseRoleArn(text: string, where: Where): RoleArn {
  const role = readRoleArn(text);
  if (role !== null) return role;
  throw new Fault("ARN_INVALID", `${where}: ${JSON.stringify(text)} is not the ARN of an IAM role`, { hints: [hintFor(text)] });
}

/** The same for any text: null unless it is a role's ARN. */
export function readRoleArn(text: string): RoleArn | null {
  const [, partition, accountId, name] = ROLE.exec(text) ?? [];
  if (partition === undefined || accountId === undefined || name === undefined) return null;
  return { text, partition, accountId, name };
}

function hintFor(text: string): string {
  const [, partition, accountId, name] = /^arn:([a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)/.exec(text) ?? [];
  if (name !== undefined)
    return `that is a session of a role; the role itself is \`arn:${partition}:iam::${accountId}:role/${name}\``;
  return "write it as `arn:aws:iam::123456789012:role/name`";
}
