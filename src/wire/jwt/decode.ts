import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { nestsTooDeeply } from "../../core/nesting.ts";
import { decodeBase64url } from "./base64url.ts";

/**
 * A JWT of which nothing was checked but its form. Its claims may be shown; nothing may be decided by them.
 */
export interface UnverifiedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature covers, byte for byte. */
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/** No verifier takes a longer token: AWS stops at 20,000, Google and Entra at less than this. */
const MAX_CHARACTERS = 100_000;

/**
 * Takes a compact JWS with JSON claims apart.
 *
 * @throws {Fault} `TOKEN_MALFORMED`; the message says which part is wrong and never repeats it.
 * @see RFC 7519 §7.2; RFC 7515 §5.2
 */
export function decodeJwtUnverified(token: string): UnverifiedJwt {
  if (token.length > MAX_CHARACTERS) throw malformed(`it has more than ${MAX_CHARACTERS} characters`);
  const parts = token.split(".");
  const [header, claims, signature] = parts;
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined) {
    throw malformed(`it has ${parts.length} of 3 parts${parts.length === 5 ? ": an encrypted token" : ""}`);
  }
  const signatureBytes = decodeBase64url(signature);
  if (signatureBytes === null) throw malformed("its signature is not base64url");
  return {
    header: decodePart(header, "header"),
    claims: decodePart(claims, "payload"),
    signingInput: `${header}.${claims}`,
    signature: signatureBytes,
  };
}

function decodePart(part: string, name: string): Readonly<Record<string, unknown>> {
  const bytes = decodeBase64url(part);
  if (bytes === null) throw malformed(`its ${name} is not base64url`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw malformed(`its ${name} is not JSON`);
  }
  if (!isJsonObject(value)) throw malformed(`its ${name} is not a JSON object`);
  if (nestsTooDeeply(value)) throw malformed(`its ${name} is nested more deeply than any could be`);
  return value;
}

function malformed(reason: string): Fault {
  return new Fault("TOKEN_MALFORMED", `the value is not a JWT: ${reason}`);
}
