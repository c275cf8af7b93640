import { counted } from "../../core/counted.ts";
import { Fault } from "../../core/fault.ts";
import type { PublicJwk } from "../../core/signer.ts";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import { decodeBase64url } from "../../wire/jwt/base64url.ts";
import { checkSignature } from "../../wire/jwt/verify.ts";
import { type Checkpoint, checkpointDigest } from "./checkpoint.ts";
import { chainRoot, rowDigest } from "./ledger.ts";
import { hasOurForm, ocsfEvent, readRowBody, statedBy } from "./ocsf.ts";
import { repeatsName } from "./repeated-name.ts";

/**
 * Verifies an export of the audit log with nothing but the export and the public key of the checkpoints.
 *
 * What it cannot see: that the end was cut off together with every checkpoint that names it. So it says when the last checkpoint
 * was made, and which rows no checkpoint names; whether they may be without one is {@link requireVouched}'s to say.
 */
export interface VerifiedAudit {
  readonly rows: number;
  readonly chains: number;
  readonly checkpoints: number;
  /** When the checkpoint was made behind which the log begins, because the server has cut what was before; null: it is there from its beginning. */
  readonly cutAt: EpochSeconds | null;
  readonly lastCheckpointAt: EpochSeconds | null;
  /** Rows that no checkpoint vouches for yet. */
  readonly rowsAfterCheckpoint: number;
  /** When the oldest of those rows was written; null if there is none. */
  readonly unvouchedSince: EpochSeconds | null;
  /** When the latest row of all was written; null for none. */
  readonly lastRowAt: EpochSeconds | null;
  /**
   * The exports before this one in the same file, each complete: a destination gets the log again after the server was restored.
   */
  readonly earlier: readonly VerifiedAudit[];
}

/** How long a row of a server that runs stays without a checkpoint, at most: it writes one a minute. */
const UNVOUCHED_SECONDS = 300;

/** A chain as it was read. */
interface ReadChain {
  /** What its first row says that it follows; a checkpoint has to say the same of it, or it is the chain's own beginning. */
  readonly before: ChainEnd;
  /** The line of its first row. */
  readonly where: string;
  readonly rows: { readonly digest: string; readonly at: EpochSeconds }[];
}

interface ChainEnd {
  readonly position: number;
  readonly digest: string;
}

type Chains = Map<string, ReadChain>;

/** What was read of one export. A line that comes twice, as in a delivery that was tried again, counts once. */
interface ReadExport {
  readonly chains: Chains;
  /** Signatures by the bodies that they are of. */
  readonly checkpoints: Map<string, string>;
}

/** @throws {Fault} `AUDIT_EMPTY`; `AUDIT_BROKEN` naming the line, the row or the checkpoint that is not as it was written. */
export async function verifyAudit(lines: Iterable<string> | AsyncIterable<string>, key: PublicJwk): Promise<VerifiedAudit> {
  let read: ReadExport = { chains: new Map(), checkpoints: new Map() };
  const exports = [read];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    const value = parseLine(line, number);
    if (value["export"] === "begins") {
      requireOnly(value, ["export", "time"], `line ${number}`);
      read = { chains: new Map(), checkpoints: new Map() };
      exports.push(read);
    } else if (typeof value["checkpoint"] === "string") {
      requireOnly(value, ["checkpoint", "signature"], `line ${number}`);
      read.checkpoints.set(value["checkpoint"], String(value["signature"]));
    } else {
      addRow(read.chains, value, `line ${number}`);
    }
  }
  const earlier: VerifiedAudit[] = [];
  for (const each of exports.filter(({ chains, checkpoints }) => chains.size + checkpoints.size > 0))
    earlier.push(await verifyExport(each, key));
  const last = earlier.pop();
  // An export that failed, or the wrong file: to call it whole would let it take the place of a log.
  if (last === undefined) throw new Fault("AUDIT_EMPTY", "there is nothing to verify: not one row of an audit log");
  return { ...last, earlier };
}

async function verifyExport({ chains, checkpoints }: ReadExport, key: PublicJwk): Promise<VerifiedAudit> {
  const signed = await readCheckpoints(checkpoints, key);
  const begin = verifyBegin(signed, chains);
  const named = verifyHeads(signed, chains, begin);
  const all = [...chains.values()].flatMap(({ rows }) => rows);
  const unvouched = [...chains].flatMap(([chain, { rows, before }]) => rows.slice((named.get(chain) ?? 0) - before.position));
  return {
    rows: all.length,
    chains: chains.size,
    checkpoints: checkpoints.size,
    cutAt: begin?.at ?? null,
    lastCheckpointAt: signed.at(-1)?.at ?? null,
    rowsAfterCheckpoint: unvouched.length,
    unvouchedSince: unvouched.reduce<EpochSeconds | null>((first, { at }) => Math.min(first ?? at, at), null),
    lastRowAt: all.reduce<EpochSeconds | null>((latest, { at }) => Math.max(latest ?? at, at), null),
    earlier: [],
  };
}

/**
 * The digests alone prove nothing: whoever rewrites every row recomputes them. Only a checkpoint proves, so without one this is
 * no audit log; and old rows that no checkpoint covers were added, or their checkpoints were removed.
 *
 * @throws {Fault} `AUDIT_UNVOUCHED`
 */
export function requireVouched({ earlier, ...last }: VerifiedAudit): void {
  for (const each of [...earlier, last]) requireExportVouched(each);
}

function requireExportVouched({
  rows,
  checkpoints,
  rowsAfterCheckpoint,
  unvouchedSince,
  lastRowAt,
}: Omit<VerifiedAudit, "earlier">): void {
  if (unvouchedSince === null || lastRowAt === null) return;
  const isFresh = lastRowAt - unvouchedSince <= UNVOUCHED_SECONDS;
  if (checkpoints > 0 && isFresh) return;
  if (checkpoints === 0 && isFresh) {
    throw new Fault(
      "AUDIT_UNVOUCHED",
      `nothing vouches for this audit log yet: it has no checkpoint for its ${counted(rows, "row")}`,
      {
        hints: [
          "wait a minute and export again: a server that runs writes a checkpoint at its start and every minute in which something happened",
        ],
      },
    );
  }
  const which =
    checkpoints === 0
      ? `this audit log: it has no checkpoint for its ${counted(rows, "row")}`
      : counted(rowsAfterCheckpoint, "row");
  throw new Fault("AUDIT_UNVOUCHED", `nothing vouches for ${which}, the oldest of ${formatUtc(unvouchedSince)}`, {
    hints: [
      "a server that runs writes a checkpoint every minute, so either these rows are not its own, or checkpoints were taken away, or none could be written",
      "if the server was started a moment ago, wait a minute and export again",
    ],
  });
}

function parseLine(line: string, number: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Told below.
  }
  if (typeof value !== "object" || value === null) throw broken(`line ${number} is not a JSON object`);
  if (repeatsName(line, value)) throw broken(`line ${number} says something twice, by the same name`);
  return value as Readonly<Record<string, unknown>>;
}

/** Nothing vouches for anything else in it, which a reader of the export could take for an event. */
function requireOnly(value: Readonly<Record<string, unknown>>, names: readonly string[], where: string): void {
  const other = Object.entries(value).find(([name, field]) => !names.includes(name) || typeof field === "object");
  if (other !== undefined) throw broken(`${where} is no row, and says something in "${other[0]}"`);
}

function addRow(chains: Chains, event: Readonly<Record<string, unknown>>, where: string): void {
  const raw = event["raw_data"];
  const { previous, digest } = (event["unmapped"] ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof raw !== "string" || typeof previous !== "string" || typeof digest !== "string")
    throw broken(`${where} is no audit event`);
  const body = readRowBody(raw);
  if (body === null) throw broken(`${where} is no audit event`);
  const chain = chains.get(body.chain) ?? { before: { position: body.position - 1, digest: previous }, where, rows: [] };
  chains.set(body.chain, chain);
  const row = `row ${body.position} of chain ${body.chain}`;
  const next = chain.before.position + chain.rows.length + 1;
  const twice = chain.rows[body.position - chain.before.position - 1]?.digest === digest;
  if (body.position !== next && !twice) throw broken(`${where}: ${row} stands where row ${next} belongs`);
  if (previous !== (chain.rows.at(-1) ?? chain.before).digest && !twice)
    throw broken(`${where}: ${row} does not follow the row before it`);
  if (rowDigest(previous, raw) !== digest) throw broken(`${where}: ${row} is not what was written`);
  if (!hasOurForm(event)) {
    throw new Fault("AUDIT_BROKEN", `${where}: the event has not the form that this program knows`, {
      hints: ["verify it by the version of brevet that exported it"],
    });
  }
  // What a reader of the export looks at is the event; it has to state what the row says.
  if (statedBy(event) !== statedBy(ocsfEvent(body, raw, previous, digest)))
    throw broken(`${where}: the event says something else than its row`);
  if (!twice) chain.rows.push({ digest, at: body.at });
}

interface SignedCheckpoint extends Checkpoint {
  /** Of its body. */
  readonly ownDigest: string;
}

/** The checkpoints, each signed and each after the one that it names. */
async function readCheckpoints(lines: ReadonlyMap<string, string>, key: PublicJwk): Promise<readonly SignedCheckpoint[]> {
  const checkpoints: SignedCheckpoint[] = [];
  for (const [body, signature] of lines) {
    const bytes = decodeBase64url(signature);
    if (bytes === null || (await checkSignature(key, Buffer.from(body), bytes)) !== "matches")
      throw broken("a checkpoint is not signed by this key");
    const checkpoint = { ...(JSON.parse(body) as Checkpoint), ownDigest: checkpointDigest(body) };
    const before = checkpoints.at(-1);
    const wanted = (before?.number ?? checkpoint.number - 1) + 1;
    if (checkpoint.number !== wanted || (before !== undefined && checkpoint.previous !== before.ownDigest))
      throw broken(`checkpoint ${wanted} is not there, or not in its place`);
    checkpoints.push(checkpoint);
  }
  return checkpoints;
}

/**
 * A log begins with the first row of each chain, or behind a checkpoint: where the server has cut it, which a later checkpoint says.
 *
 * @returns that checkpoint, or null.
 */
function verifyBegin(checkpoints: readonly SignedCheckpoint[], chains: Chains): SignedCheckpoint | null {
  const [first] = checkpoints;
  const begin = first === undefined || first.number === 1 ? null : first;
  if (begin !== null && !checkpoints.some(({ cut }) => cut?.number === begin.number && cut.digest === begin.ownDigest))
    throw broken(`it begins with checkpoint ${begin.number}, and no checkpoint says that the server has cut what was before it`);
  const ends = new Map(begin?.heads.map(({ chain, position, digest }) => [chain, { position, digest }]));
  for (const [chain, { before, where }] of chains) {
    const expected = ends.get(chain) ?? { position: 0, digest: chainRoot(chain) };
    if (before.position !== expected.position)
      throw broken(`${where}: row ${before.position + 1} of chain ${chain} stands where row ${expected.position + 1} belongs`);
    if (before.digest !== expected.digest)
      throw broken(`${where}: row ${before.position + 1} of chain ${chain} does not follow the row before it`);
  }
  return begin;
}

/** @returns up to where each chain is vouched for. */
function verifyHeads(
  checkpoints: readonly SignedCheckpoint[],
  chains: Chains,
  begin: SignedCheckpoint | null,
): Map<string, number> {
  const named = new Map<string, number>();
  // A chain of which nothing is left but that it was there.
  const bare = new Map(begin?.heads.map(({ chain, ...end }) => [chain, { before: end, rows: [] as ReadChain["rows"] }]));
  for (const { number, heads } of checkpoints) {
    for (const { chain, position, digest, closed } of heads) {
      const { before, rows } = chains.get(chain) ?? bare.get(chain) ?? { before: null, rows: [] };
      const at = position - (before?.position ?? 0);
      const found = at === 0 ? before : rows[at - 1];
      if (found?.digest !== digest)
        throw broken(`checkpoint ${number} names row ${position} of chain ${chain}, which is not there or another`);
      if (closed && rows.length > at) throw broken(`chain ${chain} goes on after it was closed`);
      named.set(chain, position);
    }
  }
  return named;
}

function broken(reason: string): Fault {
  return new Fault("AUDIT_BROKEN", `the audit log is not whole: ${reason}`);
}
