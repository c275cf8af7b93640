import { Fault } from "../core/fault.ts";
import type { PublicDocument } from "../core/publisher.ts";
import { discoveryDocument } from "../wire/issuer-documents/discovery.ts";
import { algorithmsIn, jwksDocument } from "../wire/issuer-documents/jwks-document.ts";
import { parseJwks } from "../wire/jwk/jwks.ts";

/** Far more than an issuer of devices has, and far less than a stored file may have. */
const MOST_BYTES = 100_000;
const MOST_KEYS = 200;

/** What verifiers look at. Anything else, such as a private `d`, has no place in a copy of public documents. */
const MEMBERS: readonly string[] = ["kty", "crv", "x", "y", "n", "e", "kid", "use", "alg"];

/**
 * The documents as this machine remembers them: encoded from what was parsed, so that the host that serves them decides neither
 * the length nor the form of the copies.
 *
 * @param jwks the body that was served or published.
 * @param where names the JWKS in the message: a URL or a path.
 * @throws {Fault} `ISSUER_DOCUMENT_INVALID` if it cannot be read, or has over 100 kB or 200 keys.
 */
export function storedDocuments(issuer: string, jwks: string, where: string): readonly PublicDocument[] {
  requireModestJwks(jwks, where);
  const entries = parseJwks(jwks, where);
  const keys = entries.map(({ members }) => Object.fromEntries(Object.entries(members).filter(isStored)));
  return [jwksDocument(keys), discoveryDocument(issuer, algorithmsIn(entries))];
}

/** @throws {Fault} `ISSUER_DOCUMENT_INVALID` if it is no JWKS, or has over 100 kB or 200 keys. */
export function requireModestJwks(jwks: string, where: string): void {
  const bytes = Buffer.byteLength(jwks);
  if (bytes > MOST_BYTES) throw immodest(where, `${bytes} bytes, and brevet takes ${MOST_BYTES}`);
  const count = parseJwks(jwks, where).length;
  if (count > MOST_KEYS) throw immodest(where, `${count} keys, and brevet takes ${MOST_KEYS}`);
}

function isStored([name, value]: readonly [string, unknown]): boolean {
  return MEMBERS.includes(name) && typeof value === "string";
}

function immodest(where: string, what: string): Fault {
  return new Fault("ISSUER_DOCUMENT_INVALID", `${where} has ${what}`, {
    hints: ["take keys that are no longer used out of it, or give this device an issuer of its own"],
  });
}
