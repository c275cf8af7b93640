import { Fault } from "../../core/fault.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { jwksMembers } from "../../wire/issuer-documents/jwks-document.ts";
import { type Author, NOBODY } from "../audit/event.ts";
import { integer, type Reader, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import type { Seal } from "./seal.ts";
import { generatePrivateJwk, privateKeyOf, publicHalf, type ServerKey } from "./signing-key.ts";

/** The keys of the server at one moment. */
export interface KeySet {
  /** Grows whenever a key is made, begins or ceases to sign, or is revoked; instances compare it with theirs. */
  readonly version: number;
  /** Every published key. */
  readonly keys: readonly ServerKey[];
  /** The key that signs now. */
  signing(algorithm: SignatureAlgorithm): ServerKey;
  /** When, without anybody doing anything, another key begins to sign or one is published no more; null: never. */
  readonly changesAt: EpochSeconds | null;
  /** The JWK set as it is served. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}

/** How long a key that signs no more stays published: longer than any token that it signed, and than clocks differ. */
export const PUBLISHED_AFTER_SECONDS = 2 * 3600;

const ALGORITHMS: readonly SignatureAlgorithm[] = ["ES256", "RS256"];
const VERSION = "key-set-version";

/** What a sealed private key is bound to: a row cannot be given the key of another. */
const purposeOf = (kid: string): string => `signing key ${kid}`;

/** The version of the key set in the database; 0 when there are no keys yet. */
export async function keySetVersion(reader: Reader): Promise<number> {
  const [row] = await reader.read("SELECT value FROM setting WHERE name = ?", [VERSION]);
  return row === undefined ? 0 : Number(text(row, "value"));
}

/**
 * Reads and opens every key that is published.
 *
 * @throws {Fault} `SERVER_KEY_FOREIGN` when one does not open; `KEY_ABSENT` when an algorithm has no key: never is one made
 * in silence, because every token of the old one would be refused.
 */
export async function loadKeySet(reader: Reader, seal: Seal, now: EpochSeconds): Promise<KeySet> {
  const version = await keySetVersion(reader);
  const rows = await reader.read(
    `SELECT kid, algorithm, sealed, made_at, signs_from, retired_at FROM signing_key
      WHERE revoked_at IS NULL AND (retired_at IS NULL OR retired_at > ?) ORDER BY signs_from DESC, made_at DESC, kid`,
    [now - PUBLISHED_AFTER_SECONDS],
  );
  const keys = rows.map((row): ServerKey => {
    const kid = text(row, "kid");
    const privateJwk = JSON.parse(seal.open(purposeOf(kid), text(row, "sealed")).reveal());
    const retiredAt = row["retired_at"];
    return {
      ...publicHalf(privateJwk),
      algorithm: text(row, "algorithm") as SignatureAlgorithm,
      privateJwk,
      privateKey: privateKeyOf(privateJwk),
      madeAt: integer(row, "made_at"),
      signsFrom: integer(row, "signs_from"),
      retiredAt: typeof retiredAt === "number" ? retiredAt : null,
    };
  });
  const changes = keys.flatMap(({ signsFrom, retiredAt }) => [
    signsFrom,
    ...(retiredAt === null ? [] : [retiredAt, retiredAt + PUBLISHED_AFTER_SECONDS]),
  ]);
  const current = new Map(ALGORITHMS.map((algorithm) => [algorithm, currentKey(keys, algorithm, now)]));
  return {
    version,
    keys,
    changesAt: changes.filter((at) => at > now).sort((a, b) => a - b)[0] ?? null,
    signing(algorithm) {
      const key = current.get(algorithm);
      if (key === undefined) throw new TypeError(`no key was chosen for ${algorithm}`);
      return key;
    },
    jwks: { keys: keys.map((key) => jwksMembers(key, null)) },
  };
}

/** The youngest key that has been published for long enough. */
function currentKey(keys: readonly ServerKey[], algorithm: SignatureAlgorithm, now: EpochSeconds): ServerKey {
  const key = keys.find((each) => each.algorithm === algorithm && (each.retiredAt ?? now + 1) > now && each.signsFrom <= now);
  if (key !== undefined) return key;
  throw new Fault("KEY_ABSENT", `the server has no ${algorithm} key that may sign`, {
    hints: ["put back the database from its backup"],
  });
}

/** Collects a new key of an algorithm. @returns its kid. */
export async function addKey(
  unit: Unit,
  seal: Seal,
  {
    algorithm,
    now,
    signsFrom,
    by,
  }: {
    readonly algorithm: SignatureAlgorithm;
    readonly now: EpochSeconds;
    readonly signsFrom: EpochSeconds;
    readonly by: Author;
  },
): Promise<string> {
  const privateJwk = await generatePrivateJwk(algorithm);
  const { kid, jwk } = publicHalf(privateJwk);
  unit.write("INSERT INTO signing_key (kid, algorithm, public_jwk, sealed, made_at, signs_from) VALUES (?, ?, ?, ?, ?, ?)", [
    kid,
    algorithm,
    JSON.stringify(jwk),
    seal.seal(purposeOf(kid), JSON.stringify(privateJwk)),
    now,
    signsFrom,
  ]);
  unit.record({ name: "key.made", ...by, details: { kid, algorithm, signsFrom } });
  return kid;
}

/** Collects that the key set is another one: of two instances that change it at once, one does. */
export function claimKeySet(unit: Unit, version: number): void {
  unit.claim(
    "UPDATE setting SET value = ? WHERE name = ? AND value = ?",
    [String(version + 1), VERSION, String(version)],
    () => new Fault("ALREADY_USED", "another instance has changed the keys at the same time"),
  );
}

/** Collects the first keys of a new server, which sign at once: nobody has seen another. Of two instances, one makes them. */
export async function addFirstKeys(unit: Unit, seal: Seal, now: EpochSeconds): Promise<void> {
  unit.claim(
    "INSERT INTO setting (name, value) VALUES (?, '1') ON CONFLICT (name) DO NOTHING",
    [VERSION],
    () => new Fault("ALREADY_USED", "another instance has made the first keys"),
  );
  for (const algorithm of ALGORITHMS) await addKey(unit, seal, { algorithm, now, signsFrom: now, by: NOBODY });
}
