import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { basename, join } from "node:path";
import * as v from "valibot";
import { sha256Hex } from "../../core/digest.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { jsonFilesIn, readJsonFile } from "../json-files.ts";
import { writeWhole } from "../sandbox-folder.ts";

/** Algorithms that AWS signs these tokens by; each issuer has a key for each. */
export type TokenAlgorithm = "RS256" | "ES384";

/** A key of an account's issuer. */
export interface OutboundKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/**
 * The accounts of a sandbox whose principals may ask STS for tokens, each with an issuer of its own:
 * `iam/outbound-federation/<account>.json`, `{ "issuer": "https://….tokens.sts.global.api.aws" }`. The keys are below `private/`.
 */
export interface OutboundFederation {
  /** What EnableOutboundWebIdentityFederation gives; the same again for an account that has it. */
  enable(accountId: string): string;
  /** Null: the account has not turned it on. @throws {Fault} `SANDBOX_INVALID` */
  issuerOf(accountId: string): string | null;
  /** The account whose issuer has that host. */
  accountOf(host: string): string | null;
  /** Made when it is first asked for. */
  keyOf(accountId: string, algorithm: TokenAlgorithm): OutboundKey;
}

/** The hosts of these issuers. */
export const OUTBOUND_HOST = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tokens\.sts\.global\.api\.aws$/;

const accountFile = v.strictObject({
  issuer: v.pipe(
    v.string(),
    v.check((text) => text.startsWith("https://") && OUTBOUND_HOST.test(text.slice(8)), "is not an issuer of AWS's own tokens"),
  ),
});

/** Opens the outbound federation of a sandbox folder. Nothing is read before it is asked for. */
export function openOutboundFederation(folder: string): OutboundFederation {
  const issuers = join(folder, "iam", "outbound-federation");
  const accounts = () =>
    jsonFilesIn(issuers).map((path) => ({ id: basename(path, ".json"), issuer: readJsonFile(path, accountFile).issuer }));
  const issuerOf = (accountId: string): string | null => accounts().find(({ id }) => id === accountId)?.issuer ?? null;
  return {
    issuerOf,
    enable(accountId) {
      const present = issuerOf(accountId);
      if (present !== null) return present;
      const issuer = `https://${randomUUID()}.tokens.sts.global.api.aws`;
      writeWhole(join(issuers, `${accountId}.json`), `${JSON.stringify({ issuer }, null, 2)}\n`);
      return issuer;
    },
    accountOf: (host) => accounts().find(({ issuer }) => issuer === `https://${host}`)?.id ?? null,
    keyOf: (accountId, algorithm) => loadKey(join(folder, "private", `outbound-${accountId}-${algorithm}.pem`), algorithm),
  };
}

function loadKey(path: string, algorithm: TokenAlgorithm): OutboundKey {
  const files = privateFiles();
  if (files.read(path) === null) {
    const { privateKey } =
      algorithm === "RS256"
        ? generateKeyPairSync("rsa", { modulusLength: 2048 })
        : generateKeyPairSync("ec", { namedCurve: "P-384" });
    files.create(path, Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" })), "lasting");
  }
  const privateKey = createPrivateKey(Buffer.from(files.read(path) ?? []));
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return { kid: sha256Hex(spki).slice(0, 32), privateKey };
}
