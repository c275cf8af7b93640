import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { Secret } from "../../core/secret.ts";
import type { PublicKey, SignatureAlgorithm } from "../../core/signer.ts";
import { decodeBase64url, encodeBase64url } from "../../wire/jwt/base64url.ts";
import { parsePublicArea } from "../../wire/tpm/public-area.ts";
import { publicKeyOf } from "../../wire/tpm/public-key.ts";
import type { WrappedObject } from "../../wire/tpm/tpm.ts";

/**
 * What is kept of a key in a TPM: its two halves as the TPM gave them out, of which only that TPM can use the private one,
 * and the name of the storage root under which it was made.
 */
export interface KeyRecord extends WrappedObject {
  readonly rootName: Uint8Array;
  readonly protection: "pin" | "none";
}

const VERSION = 1;

export function encodeKeyRecord({ publicArea, privateArea, rootName, protection }: KeyRecord): Secret<string> {
  const text = JSON.stringify({
    version: VERSION,
    public: encodeBase64url(publicArea),
    private: encodeBase64url(privateArea),
    root: encodeBase64url(rootName),
    protection,
  });
  return new Secret("wrapped key", text);
}

/**
 * Reads what {@link encodeKeyRecord} made.
 *
 * @param entry its name in the store, for the message.
 * @throws {Fault} `STORE_ENTRY_DAMAGED` if the entry holds anything else, or a key of another algorithm.
 */
export function parseKeyRecord(
  sealed: Secret<string>,
  algorithm: SignatureAlgorithm,
  entry: string,
): { readonly record: KeyRecord; readonly key: PublicKey } {
  const record = parseFields(sealed.reveal());
  const key = record === null ? null : readKey(record);
  if (record !== null && key?.algorithm === algorithm) return { record, key };
  throw new Fault("STORE_ENTRY_DAMAGED", `the entry ${entry} does not hold an ${algorithm} key of a TPM`);
}

function parseFields(text: string): KeyRecord | null {
  const fields = parseJsonObject(text);
  if (fields?.["version"] !== VERSION) return null;
  const bytes = (name: string): Uint8Array | null => (typeof fields[name] === "string" ? decodeBase64url(fields[name]) : null);
  const [publicArea, privateArea, rootName] = [bytes("public"), bytes("private"), bytes("root")];
  const { protection } = fields;
  if (publicArea === null || privateArea === null || rootName === null) return null;
  return protection === "pin" || protection === "none" ? { publicArea, privateArea, rootName, protection } : null;
}

function readKey({ publicArea }: KeyRecord): PublicKey | null {
  try {
    return publicKeyOf(parsePublicArea(publicArea));
  } catch {
    return null;
  }
}
