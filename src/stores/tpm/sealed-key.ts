import { textOf, utf8 } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { versionUnknown } from "../../core/version-unknown.ts";
import { decodeBase64url, encodeBase64url } from "../../wire/jwt/base64url.ts";
import { parsePublicArea } from "../../wire/tpm/public-area.ts";
import type { WrappedObject } from "../../wire/tpm/tpm.ts";

/** The two halves of the sealed data as the TPM gave them out, and the name of the storage root that sealed it. */
export interface SealedKey extends WrappedObject {
  readonly rootName: Uint8Array;
}

const VERSION = 1;

export function encodeSealedKey({ publicArea, privateArea, rootName }: SealedKey): Uint8Array {
  const fields = { public: publicArea, private: privateArea, root: rootName };
  const text = Object.fromEntries(Object.entries(fields).map(([name, bytes]) => [name, encodeBase64url(bytes)]));
  return utf8(`${JSON.stringify({ version: VERSION, ...text })}\n`);
}

/** Reads what {@link encodeSealedKey} made. @throws {Fault} `STORE_KEY_DAMAGED` for anything else. */
export function parseSealedKey(bytes: Uint8Array, path: string): SealedKey {
  const fields = parseJsonObject(textOf(bytes)) ?? {};
  if (typeof fields["version"] === "number" && fields["version"] !== VERSION) throw versionUnknown("STORE_KEY_DAMAGED", path);
  const read = (name: string): Uint8Array | null => (typeof fields[name] === "string" ? decodeBase64url(fields[name]) : null);
  const [publicArea, privateArea, rootName] = [read("public"), read("private"), read("root")];
  if (fields["version"] === VERSION && isSealedArea(publicArea) && privateArea !== null && rootName !== null) {
    return { publicArea, privateArea, rootName };
  }
  throw new Fault("STORE_KEY_DAMAGED", `${path} is cut off or was altered`, { hints: [`bring ${path} back from a copy`] });
}

function isSealedArea(bytes: Uint8Array | null): bytes is Uint8Array {
  try {
    return bytes !== null && parsePublicArea(bytes).type === "sealed";
  } catch {
    return false;
  }
}
