import { createHash, type JsonWebKey, sign } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import { readOwnJson } from "../../core/json-object.ts";
import type { PublicJwk } from "../../core/signer.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { Seal } from "../keys/seal.ts";
import { generatePrivateJwk, privateKeyOf, publicHalf } from "../keys/signing-key.ts";
import { integer, type Reader, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";

/**
 * A checkpoint names where every chain ends, and is signed: rows before it can be neither changed nor cut off without the
 * signature or the numbers being wrong. Each names the one before it, so that none can be left out of the middle.
 */
export interface Checkpoint {
  readonly number: number;
  readonly at: EpochSeconds;
  /** The digest of the checkpoint before; empty for the first. */
  readonly previous: string;
  /** A chain that was closed is named once more, and then no more. */
  readonly heads: readonly {
    readonly chain: string;
    readonly position: number;
    readonly digest: string;
    readonly closed: boolean;
  }[];
  /** The server has cut the log here: see {@link LogCut}. */
  readonly cut?: LogCut;
}

/** A checkpoint that the log begins with from now on: what it names was cut, and every checkpoint before it. */
export interface LogCut {
  readonly number: number;
  /** Of the checkpoint's body. */
  readonly digest: string;
}

const PRIVATE = "checkpoint-key";
const PUBLIC = "checkpoint-public-key";
const PURPOSE = "audit checkpoint key";

/** The digest by which the next checkpoint names one. */
export function checkpointDigest(body: string): string {
  return createHash("sha256").update(body).digest("base64url");
}

/** The public half of the key that signs checkpoints; null before the server's first start. */
export async function checkpointKey(reader: Reader): Promise<PublicJwk | null> {
  const [row] = await reader.read("SELECT value FROM setting WHERE name = ?", [PUBLIC]);
  return row === undefined ? null : readOwnJson<PublicJwk>(text(row, "value"));
}

/** Collects the key of the checkpoints, for a database that has none. It is not rotated: verifiers keep its public half. */
export async function addCheckpointKey(unit: Unit, seal: Seal): Promise<void> {
  const privateJwk = await generatePrivateJwk("ES256");
  unit.claim(
    "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
    [PUBLIC, JSON.stringify(publicHalf(privateJwk).jwk)],
    () => new Fault("ALREADY_USED", "another instance has made the key of the checkpoints"),
  );
  unit.write("INSERT INTO setting (name, value) VALUES (?, ?)", [PRIVATE, seal.seal(PURPOSE, JSON.stringify(privateJwk))]);
}

/**
 * Collects the next checkpoint, if any chain has grown since the last one, or the log is cut. Of several instances, one writes each number.
 *
 * @param cut what is cut in the same unit.
 */
export async function addCheckpoint(
  reader: Reader,
  unit: Unit,
  { seal, now, cut }: { readonly seal: Seal; readonly now: EpochSeconds; readonly cut?: LogCut },
): Promise<void> {
  const [last] = await reader.read("SELECT number, body FROM checkpoint ORDER BY number DESC LIMIT 1");
  const chains = await reader.read(
    "SELECT chain, position, digest, closed FROM audit_chain WHERE closed = 0 OR noted = 0 ORDER BY chain",
  );
  const heads = chains.map((row) => ({
    chain: text(row, "chain"),
    position: integer(row, "position"),
    digest: text(row, "digest"),
    closed: integer(row, "closed") === 1,
  }));
  const lastBody = last === undefined ? null : text(last, "body");
  const known = lastBody === null ? null : JSON.stringify(readOwnJson<Checkpoint>(lastBody).heads);
  if (known === JSON.stringify(heads) && cut === undefined) return;
  const number = last === undefined ? 1 : integer(last, "number") + 1;
  const previous = lastBody === null ? "" : checkpointDigest(lastBody);
  const checkpoint: Checkpoint = { number, at: now, previous, heads, ...(cut === undefined ? {} : { cut }) };
  const body = JSON.stringify(checkpoint);
  unit.claim(
    "INSERT INTO checkpoint (number, at, body, signature) VALUES (?, ?, ?, ?) ON CONFLICT (number) DO NOTHING",
    [number, now, body, signBody(body, await privateKey(reader, seal))],
    () => new Fault("ALREADY_USED", "another instance has written this checkpoint"),
  );
  for (const { chain, closed } of heads) if (closed) unit.write("UPDATE audit_chain SET noted = 1 WHERE chain = ?", [chain]);
}

async function privateKey(reader: Reader, seal: Seal): Promise<JsonWebKey> {
  const [row] = await reader.read("SELECT value FROM setting WHERE name = ?", [PRIVATE]);
  if (row === undefined) throw new Fault("KEY_ABSENT", "the key that signs the audit log's checkpoints is not in the database");
  return readOwnJson<JsonWebKey>(seal.open(PURPOSE, text(row, "value")).reveal());
}

function signBody(body: string, key: JsonWebKey): string {
  return sign("sha256", Buffer.from(body), { key: privateKeyOf(key), dsaEncoding: "ieee-p1363" }).toString("base64url");
}
