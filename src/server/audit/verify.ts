import { Fault } from "../../core/fault.ts";
import type { PublicJwk } from "../../core/signer.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { decodeBase64url } from "../../wire/jwt/base64url.ts";
import { checkSignature } from "../../wire/jwt/verify.ts";
import { type Checkpoint, checkpointDigest } from "./checkpoint.ts";
import { chainRoot, rowDigest } from "./ledger.ts";
import { ocsfEvent, readRowBody } from "./ocsf.ts";

/**
 * Verifies an export of the audit log with nothing but the export and the public key of the checkpoints.
 *
 * What it cannot see: that the end was cut off together with every checkpoint that names it. So it says when the last checkpoint
 * was made, and how many rows come after the last one that a checkpoint names.
 */
export interface VerifiedAudit {
  readonly rows: number;
  readonly chains: number;
  readonly checkpoints: number;
  readonly lastCheckpointAt: EpochSeconds | null;
  /** Rows that no checkpoint vouches for yet. */
  readonly rowsAfterCheckpoint: number;
}

/** The chains as they were read: the digest of each row, by its position. */
type Chains = Map<string, string[]>;

/** @throws {Fault} `AUDIT_EMPTY`; `AUDIT_BROKEN` naming the line, the row or the checkpoint that is not as it was written. */
export async function verifyAudit(lines: Iterable<string> | AsyncIterable<string>, key: PublicJwk): Promise<VerifiedAudit> {
  const chains: Chains = new Map();
  const checkpoints: { readonly body: string; readonly signature: string }[] = [];
  let number = 0;
  let rows = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    const value = parseLine(line, number);
    if (typeof value["checkpoint"] === "string") {
      checkpoints.push({ body: value["checkpoint"], signature: String(value["signature"]) });
    } else {
      addRow(chains, value, `line ${number}`);
      rows += 1;
    }
  }
  // An export that failed, or the wrong file: to call it whole would let it take the place of a log.
  if (rows === 0 && checkpoints.length === 0) {
    throw new Fault("AUDIT_EMPTY", "there is nothing to verify: not one row of an audit log");
  }
  const named = new Map<string, number>();
  const last = await verifyCheckpoints(checkpoints, chains, named, key);
  const vouched = [...named.values()].reduce((sum, position) => sum + position, 0);
  return {
    rows,
    chains: chains.size,
    checkpoints: checkpoints.length,
    lastCheckpointAt: last?.at ?? null,
    rowsAfterCheckpoint: rows - vouched,
  };
}

function parseLine(line: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below.
  }
  throw broken(`line ${number} is not a JSON object`);
}

function addRow(chains: Chains, event: Readonly<Record<string, unknown>>, where: string): void {
  const raw = event["raw_data"];
  const { previous, digest } = (event["unmapped"] ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof raw !== "string" || typeof previous !== "string" || typeof digest !== "string")
    throw broken(`${where} is no audit event`);
  const body = readRowBody(raw);
  if (body === null) throw broken(`${where} is no audit event`);
  const chain = chains.get(body.chain) ?? [];
  chains.set(body.chain, chain);
  const row = `row ${body.position} of chain ${body.chain}`;
  if (body.position !== chain.length + 1) throw broken(`${where}: ${row} stands where row ${chain.length + 1} belongs`);
  if (previous !== (chain.at(-1) ?? chainRoot(body.chain))) throw broken(`${where}: ${row} does not follow the row before it`);
  if (rowDigest(previous, raw) !== digest) throw broken(`${where}: ${row} is not what was written`);
  // What a reader of the export looks at is the event; it has to say what the row says.
  if (JSON.stringify(event) !== JSON.stringify(ocsfEvent(body, raw, previous, digest)))
    throw broken(`${where}: the event says something else than its row`);
  chain.push(digest);
}

async function verifyCheckpoints(
  checkpoints: readonly { readonly body: string; readonly signature: string }[],
  chains: Chains,
  named: Map<string, number>,
  key: PublicJwk,
): Promise<Checkpoint | null> {
  let last: Checkpoint | null = null;
  let previous = "";
  for (const { body, signature } of checkpoints) {
    const bytes = decodeBase64url(signature);
    if (bytes === null || (await checkSignature(key, Buffer.from(body), bytes)) !== "matches")
      throw broken("a checkpoint is not signed by this key");
    const checkpoint = JSON.parse(body) as Checkpoint;
    const wanted = (last?.number ?? 0) + 1;
    if (checkpoint.number !== wanted || checkpoint.previous !== previous)
      throw broken(`checkpoint ${wanted} is not there, or not in its place`);
    for (const { chain, position, digest, closed } of checkpoint.heads) {
      const rows = chains.get(chain) ?? [];
      if (rows[position - 1] !== digest)
        throw broken(`checkpoint ${wanted} names row ${position} of chain ${chain}, which is not there or another`);
      if (closed && rows.length > position) throw broken(`chain ${chain} goes on after it was closed`);
      named.set(chain, position);
    }
    previous = checkpointDigest(body);
    last = checkpoint;
  }
  return last;
}

function broken(reason: string): Fault {
  return new Fault("AUDIT_BROKEN", `the audit log is not whole: ${reason}`);
}
