import { createPublicKey } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import { isJsonObject, parseJson } from "../../core/json-object.ts";
import type { PublicKey, SignatureAlgorithm, SignerDescription } from "../../core/signer.ts";
import { algorithmOf, parsePublicJwk } from "../jwk/public-jwk.ts";
import { jwkThumbprint } from "../jwk/thumbprint.ts";
import { ecdsaSignatureFromDer } from "./ecdsa-signature.ts";
import { PROTOCOL_VERSION } from "./request.ts";

/**
 * What an external signer answers: one JSON object. Members that are not named here are ignored, so that a later version
 * can add some. Nothing that was answered is quoted in a message, but for the text that the signer wrote for a person.
 *
 * Every function throws a {@link Fault} `SIGNER_FAILED` for what is not in the protocol; `program` names the signer in it.
 */

/** Why a signer did not do what it was asked. */
export const REFUSALS = ["absent", "failed", "key-absent", "refused", "unsupported"] as const;

/** A word of {@link REFUSALS}. */
export type Refusal = (typeof REFUSALS)[number];

/** An answer before its members are looked at. */
export type SignerAnswer =
  | { readonly kind: "done"; readonly members: Readonly<Record<string, unknown>> }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly text: string | null };

/** What a signer says of itself. */
export interface ExternalDescription extends Pick<SignerDescription, "residence" | "presence" | "summary"> {
  readonly algorithms: readonly SignatureAlgorithm[];
}

/** Longest text of a signer that is shown to a person. */
const MAX_TEXT = 200;

/** Reads an answer as it came from the signer's stdout. */
export function parseSignerAnswer(text: string, program: string): SignerAnswer {
  // The parser's own error is left out: it quotes what it read, which may be anything.
  const value = parseJson(text, () =>
    broken(program, text.trim() === "" ? "answered nothing" : "answered something that is not JSON"),
  );
  if (!isJsonObject(value)) throw broken(program, "answered something that is not a JSON object");
  const { error, message } = value;
  if (error === undefined) return { kind: "done", members: value };
  const refusal = REFUSALS.find((word) => word === error);
  if (refusal === undefined) throw broken(program, `answered with an "error" that is none of ${REFUSALS.join(", ")}`);
  return { kind: "refused", refusal, text: typeof message === "string" ? plainText(message) : null };
}

/** Reads the members of the answer to `describe`. */
export function parseDescription(members: Readonly<Record<string, unknown>>, program: string): ExternalDescription {
  const { protocol, algorithms, residence, presence, summary } = members;
  if (protocol !== PROTOCOL_VERSION) {
    const spoken = typeof protocol === "number" ? `protocol ${protocol}` : 'no "protocol"';
    throw broken(program, `speaks ${spoken}, and this brevet speaks ${PROTOCOL_VERSION}`);
  }
  if (!Array.isArray(algorithms)) throw broken(program, 'described itself without a list of "algorithms"');
  const known = (["ES256", "RS256"] as const).filter((algorithm) => algorithms.includes(algorithm));
  if (known.length === 0) throw broken(program, "has no algorithm that brevet signs with (ES256, RS256)");
  const text = typeof summary === "string" ? plainText(summary) : "";
  if (text === "") throw broken(program, 'described itself without a "summary"');
  return {
    algorithms: known,
    residence: oneOf(residence, ["hardware", "software"] as const, "residence", program),
    presence: oneOf(presence, ["none", "touch", "pin", "biometric"] as const, "presence", program),
    summary: text,
  };
}

/** Reads the members of the answer to `create`: `publicKey` is a SubjectPublicKeyInfo (RFC 5280 §4.1), DER in base64. */
export function parseCreatedKey(
  members: Readonly<Record<string, unknown>>,
  algorithm: SignatureAlgorithm,
  program: string,
): PublicKey {
  const der = decodeBase64(members["publicKey"]);
  if (der === null) throw broken(program, 'answered no "publicKey" in base64');
  let exported: unknown;
  try {
    exported = createPublicKey({ key: der, format: "der", type: "spki" }).export({ format: "jwk" });
  } catch {
    throw broken(program, 'answered a "publicKey" that is not a SubjectPublicKeyInfo');
  }
  const jwk = parsePublicJwk(exported);
  if (jwk === null || algorithmOf(jwk) !== algorithm) {
    throw broken(program, `answered a "publicKey" that is not ${KEY_TYPES[algorithm]}`);
  }
  return { kid: jwkThumbprint(jwk), algorithm, jwk };
}

/**
 * Reads the members of the answer to `sign`.
 *
 * `encoding` is `jws` (RFC 7518 §3.3, §3.4; the default) or, for ES256, `der` (ECDSA-Sig-Value, RFC 3279 §2.2.3).
 *
 * @returns the signature as JWS wants it; whether it is right is not looked at here.
 */
export function parseSignature(
  members: Readonly<Record<string, unknown>>,
  algorithm: SignatureAlgorithm,
  program: string,
): Uint8Array {
  const bytes = decodeBase64(members["signature"]);
  if (bytes === null) throw broken(program, 'answered no "signature" in base64');
  const encoding = oneOf(members["encoding"] ?? "jws", ["der", "jws"] as const, "encoding", program);
  const signature = encoding === "der" && algorithm === "ES256" ? ecdsaSignatureFromDer(bytes) : bytes;
  if (signature === null) throw broken(program, 'answered a "signature" that is not DER, and its "encoding" says so');
  return signature;
}

const KEY_TYPES = { ES256: "a P-256 key", RS256: "an RSA key of 2048 to 8192 bits" } as const;

function oneOf<const Word extends string>(value: unknown, words: readonly Word[], member: string, program: string): Word {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw broken(program, `answered a "${member}" that is none of ${words.join(", ")}`);
  return word;
}

/** RFC 4648 §4 with its padding and nothing else: Node alone would skip over what does not belong there. */
function decodeBase64(value: unknown): Buffer | null {
  if (typeof value !== "string" || value === "") return null;
  const bytes = Buffer.from(value, "base64");
  return bytes.toString("base64") === value ? bytes : null;
}

/** One line that a person can be shown. */
function plainText(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}

function broken(program: string, what: string): Fault {
  return new Fault("SIGNER_FAILED", `the signer ${program} ${what}`, {
    hints: ["see what it does wrong: `brevet signer test -- PROGRAM …`"],
  });
}
