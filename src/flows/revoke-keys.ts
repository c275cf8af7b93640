import { Fault } from "../core/fault.ts";
import type { Publisher } from "../core/publisher.ts";
import { shellCommand } from "../core/shell-command.ts";
import { DISCOVERY_PATH, JWKS_PATH, parseDiscovery } from "../wire/issuer-documents/discovery.ts";
import { jwksDocument, keysOf } from "../wire/issuer-documents/jwks-document.ts";
import type { JwksEntry } from "../wire/jwk/jwks.ts";
import { promiseAlgorithms } from "./promise-algorithms.ts";
import { putDocument } from "./put-document.ts";
import { replaceUntilWritten } from "./replace-document.ts";

/** One place after a revocation. */
export interface RevokedAt {
  readonly destination: string;
  /** The issuer whose documents are there; null if there is no discovery document (a place for keys alone). */
  readonly issuer: string | null;
  /** The keys that were there and are gone now. */
  readonly removed: readonly string[];
  /** How many keys are left. */
  readonly left: number;
}

/**
 * Takes keys out of the documents of one place, and loses no other. It can be run again after it was interrupted: what is right
 * already is not written.
 *
 * @throws {Fault} `ISSUER_DOCUMENT_INVALID`; `PUBLISH_CONFLICT`; what the publisher raises.
 */
export async function revokeKeysAt(destination: Publisher, kids: ReadonlySet<string>): Promise<RevokedAt> {
  const place = destination.placeOf(JWKS_PATH);
  const isRevoked = ({ kid }: JwksEntry): boolean => kid !== null && kids.has(kid);
  const present = await destination.read(JWKS_PATH);
  const removed = keysOf(present, place).filter(isRevoked);
  const discovery = await destination.read(DISCOVERY_PATH);
  const issuer = discovery === null ? null : parseDiscovery(discovery.body, destination.placeOf(DISCOVERY_PATH)).issuer;
  let left = keysOf(present, place);
  if (removed.length > 0) {
    await replaceUntilWritten(destination, JWKS_PATH, {
      make: async (there) => {
        left = keysOf(there, place).filter((entry) => !isRevoked(entry));
        return jwksDocument(left.map(({ members }) => members));
      },
      holds: (there) => !keysOf(there, place).some(isRevoked),
    });
  }
  // Without any key the document stays as it is: verifiers refuse one that promises no algorithm as malformed.
  if (issuer !== null && left.length > 0) await promiseAlgorithms(destination, issuer);
  return {
    destination: destination.destination,
    issuer,
    removed: removed.flatMap(({ kid }) => kid ?? []),
    left: left.length,
  };
}

/** The same in this machine's copy, so that no later `publish` brings a revoked key back. */
export async function forgetKeysIn(copy: Publisher, kids: ReadonlySet<string>): Promise<void> {
  const entries = keysOf(await copy.read(JWKS_PATH), copy.destination);
  const left = entries.filter(({ kid }) => kid === null || !kids.has(kid));
  if (left.length < entries.length) await putDocument(copy, jwksDocument(left.map(({ members }) => members)));
}

/** The shortest beginning of a key's id that is accepted. */
const SHORTEST = 6;

/**
 * The one published key that a text means: its `kid`, or the beginning of it. Dashes at the beginning of either may be left out,
 * because on a command line they would look like a flag.
 *
 * @param places where they are published, in the words of `--to`.
 * @throws {Fault} `KEY_ABSENT`; `USAGE_INVALID` if several begin so.
 */
export function keyMeant(text: string, published: readonly string[], places: readonly string[]): string {
  if (published.includes(text)) return text;
  const typed = withoutDashes(text);
  const begins = (kid: string): boolean => typed.length >= SHORTEST && withoutDashes(kid).startsWith(typed);
  const found = [...new Set(published.filter(begins))];
  const [kid, ...others] = found;
  const where = places.join(" and ");
  if (kid !== undefined && others.length === 0) return kid;
  if (kid !== undefined)
    throw new Fault("USAGE_INVALID", `${found.length} keys at ${where} begin with "${text}": ${found.join(", ")}`);
  const list = shellCommand`brevet issuer devices ${places.flatMap((place) => ["--to", place])}`;
  throw new Fault("KEY_ABSENT", `no key "${text}" is published at ${where}`, {
    hints: [`\`${list}\` lists what is published there; type ${SHORTEST} characters of an id, or more`],
  });
}

function withoutDashes(id: string): string {
  return id.replace(/^-+/, "");
}
