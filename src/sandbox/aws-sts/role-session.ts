import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { privateFiles } from "../../platform/files.ts";

/** A role session: what the keys that STS hands out stand for. */
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

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Opens the seal of a sandbox folder; its key is made at the first start, for the owner only. */
export function openSessionSeal(folder: string): SessionSeal {
  const file = join(folder, "private", "session.key");
  const files = privateFiles();
  if (files.read(file) === null) files.create(file, randomBytes(KEY_BYTES), "lasting");
  const key = files.read(file);
  if (key?.length !== KEY_BYTES)
    throw new Fault("SANDBOX_INVALID", `${file} is not a key of ${KEY_BYTES} bytes`, { details: { file } });
  return {
    // nonce 12 ‖ GCM tag 16 ‖ ciphertext
    seal(session) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
      const sealed = Buffer.concat([cipher.update(JSON.stringify(session), "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
    },
    open(token) {
      const bytes = Buffer.from(token, "base64");
      if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString("base64") !== token) return null;
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const open = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
        return JSON.parse(open.toString("utf8")) as RoleSession;
      } catch {
        return null;
      }
    },
  };
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
