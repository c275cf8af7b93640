import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";

/** What seals the server's private values in its database, and what its own cookies and nonces are made from. */
export interface Seal {
  /** AES-256-GCM; `purpose` and the place of the value are bound to it. @returns base64url of nonce ‖ ciphertext ‖ tag. */
  seal(purpose: string, plain: string): string;
  /** @throws {Fault} `SERVER_KEY_FOREIGN` for a value that another key sealed, or that was altered. */
  open(purpose: string, sealed: string): Secret<string>;
  /** 32 bytes for one purpose, the same on every instance. */
  derive(purpose: string): Buffer;
}

/** The file of the sealing key in the data folder. Every instance of one database has the same. */
export const SEAL_FILE = "seal.key";

const PUT_BACK = `put back the ${SEAL_FILE} that belongs to this database`;

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Opens the sealing key of a data folder.
 *
 * @param makeIfAbsent only for a database that is new: for any other, a new key would open nothing of what it holds.
 * @throws {Fault} `SERVER_KEY_ABSENT`, `SERVER_KEY_FOREIGN`; those of a private file.
 */
export function openSeal(files: PrivateFiles, dataFolder: string, makeIfAbsent: () => boolean): Seal {
  const file = join(dataFolder, SEAL_FILE);
  if (files.read(file) === null && makeIfAbsent()) {
    files.create(file, Buffer.from(`${randomBytes(KEY_BYTES).toString("base64url")}\n`), "lasting");
  }
  const bytes = files.read(file);
  if (bytes === null) {
    throw new Fault("SERVER_KEY_ABSENT", `${file} is not there, and what the database holds was sealed with it`, {
      hints: ["copy it from another instance or from the backup: without it, no signing key can be opened"],
    });
  }
  return readSeal(bytes, file);
}

/** The seal of what a key file holds. @throws {Fault} `SERVER_KEY_FOREIGN` */
export function readSeal(bytes: Uint8Array, file: string): Seal {
  const key = Buffer.from(new TextDecoder().decode(bytes).trim(), "base64url");
  if (key.length !== KEY_BYTES)
    throw new Fault("SERVER_KEY_FOREIGN", `${file} does not hold a sealing key of 32 bytes`, { hints: [PUT_BACK] });
  return sealWith(new Secret("sealing key", key));
}

/** A seal by a key of 32 bytes. */
export function sealWith(key: Secret<Buffer>): Seal {
  const derive = (purpose: string): Buffer => createHmac("sha256", key.reveal()).update(purpose).digest();
  return {
    derive,
    seal(purpose, plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", derive("seal"), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(purpose));
      return Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64url");
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, "base64url");
      try {
        const decipher = createDecipheriv("aes-256-gcm", derive("seal"), bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(purpose));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
        return new Secret(purpose, plain.toString("utf8"));
      } catch (cause) {
        throw new Fault("SERVER_KEY_FOREIGN", `the ${purpose} in the database was not sealed with this server's ${SEAL_FILE}`, {
          cause,
          hints: [PUT_BACK],
        });
      }
    },
  };
}
