import { createHash, randomBytes } from "node:crypto";
import type { EpochSeconds } from "../../core/time.ts";
import { openSeal } from "../seal.ts";

/** A role session, as the keys that STS hands out have it sealed in them. */
export interface RoleSession {
  readonly partition: string;
  readonly accountId: string;
  readonly roleName: string;
  /** `AROA…` */
  readonly roleId: string;
  readonly sessionName: string;
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
  /** Whether another role session assumed the role. */
  readonly isChained: boolean;
  /** Set once, carried through every chained role. */
  readonly sourceIdentity: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  /** The policies that narrow this session; they do not go along to the next role. */
  readonly sessionPolicy: string | null;
  readonly sessionPolicyArns: readonly string[];
}

/**
 * Seals role sessions into session tokens and opens them again. As with AWS, the token holds the whole session and the
 * server keeps none, so keys live on over a restart of the sandbox and there is nothing to clean up.
 */
export interface SessionSeal {
  seal(session: RoleSession): string;
  /** Null for anything that was not sealed in this folder. */
  open(token: string): RoleSession | null;
}

/** Opens the seal of a sandbox folder for role sessions. @throws {Fault} `SANDBOX_INVALID` */
export function openSessionSeal(folder: string): SessionSeal {
  const { seal, open } = openSeal(folder, "aws session token");
  return { seal, open: (token) => open(token) as RoleSession | null };
}

/** A key pair as STS makes them: `ASIA` and 16 characters of base32, and a secret of 40 characters. */
export function makeKeyPair(): Pick<RoleSession, "accessKeyId" | "secretAccessKey"> {
  return { accessKeyId: `ASIA${base32(randomBytes(16), 16)}`, secretAccessKey: randomBytes(30).toString("base64") };
}

/** The unique id of a role, `AROA…`: the same for the same ARN in each run. */
export function roleIdOf(roleArn: string): string {
  return `AROA${base32(createHash("sha256").update(roleArn).digest(), 17)}`;
}

/** `arn:aws:sts::123456789012:assumed-role/dev/laptop`: the role's path is not part of it. */
export function assumedRoleArn(session: Pick<RoleSession, "partition" | "accountId" | "roleName" | "sessionName">): string {
  return `arn:${session.partition}:sts::${session.accountId}:assumed-role/${session.roleName}/${session.sessionName}`;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A byte's five low bits each: 256 is a multiple of 32, so no letter is likelier. */
function base32(bytes: Uint8Array, length: number): string {
  return Array.from(bytes.subarray(0, length), (byte) => BASE32[byte % 32]).join("");
}
