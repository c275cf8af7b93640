import { createHash } from "node:crypto";
import type { SignatureAlgorithm } from "../../core/signer.ts";

/**
 * What brevet asks an external signer: protocol version 1 of `docs/reference/external-signer.md`.
 *
 * A request is one line of JSON without white space. Its members are strings and one number, in this order, and no string
 * holds a character that JSON escapes, so that a shell script can read one with `sed`.
 */

/** The version of the protocol that brevet speaks. */
export const PROTOCOL_VERSION = 1;

/** One thing to do. `key` is `[a-z0-9._-]{1,96}`: the name under which the signer keeps one key for each algorithm. */
export type SignerRequest =
  | { readonly operation: "describe" }
  | { readonly operation: "create" | "destroy"; readonly key: string; readonly algorithm: SignatureAlgorithm }
  | {
      readonly operation: "sign";
      readonly key: string;
      readonly algorithm: SignatureAlgorithm;
      /** What is signed; the signer is given its SHA-256 digest as well, because many can take nothing else. */
      readonly message: Uint8Array;
    };

/** The request as it is written to the signer's stdin, with the line feed that ends it. */
export function encodeSignerRequest(request: SignerRequest): string {
  const { operation } = request;
  const head = { protocol: PROTOCOL_VERSION, operation };
  if (operation === "describe") return line(head);
  const { key, algorithm } = request;
  if (operation !== "sign") return line({ ...head, key, algorithm });
  const message = Buffer.from(request.message);
  const digest = createHash("sha256").update(message).digest("base64");
  return line({ ...head, key, algorithm, digest, message: message.toString("base64") });
}

function line(members: Readonly<Record<string, string | number>>): string {
  return `${JSON.stringify(members)}\n`;
}
