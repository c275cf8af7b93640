import { Fault } from "../../core/fault.ts";
import type { Ledger } from "../audit/ledger.ts";
import { turns } from "../turns.ts";
import type { Database, Transaction } from "./database.ts";
import { isConflict } from "./unavailable.ts";
import type { RowInsert, Work } from "./unit.ts";

/** No transaction holds more units: one that takes long holds up all of them. */
const LARGEST_BATCH = 256;

/** A transaction costs about as much for twenty units as for one: under load it waits for those that are nearly there. */
const GATHERED_TURNS = 24;

/** Commits units of work, many in one transaction. */
export interface Committer {
  commit(work: Work): Promise<void>;
  /** Waits for what is under way. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly work: Work;
  readonly done: () => void;
  readonly failed: (cause: unknown) => void;
}

/**
 * Group commit: while one transaction is on its way to the disk, the units that come meanwhile gather for the next one, so that
 * many share one wait. Within it units are independent: one that loses a claim leaves nothing behind, and fails alone.
 *
 * The audit rows of a unit are written in the same transaction, after its statements, by the one ledger of this instance.
 */
export function groupCommitter(database: Database, ledger: Ledger): Committer {
  let queue: Waiting[] = [];
  let running: Promise<void> | null = null;
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      await turns(GATHERED_TURNS);
      const batch = queue.slice(0, LARGEST_BATCH);
      queue = queue.slice(LARGEST_BATCH);
      await commitBatch(batch, database, ledger);
    }
    running = null;
  };
  return {
    commit: (work) =>
      new Promise((done, failed) => {
        queue.push({ work, done, failed });
        running ??= drain();
      }),
    async idle() {
      while (running !== null) await running;
    },
  };
}

/** How often a transaction that ended in favour of another instance's is begun again: PostgreSQL takes a second to see a deadlock. */
const MOST_REPEATS = 3;

async function commitBatch(batch: readonly Waiting[], database: Database, ledger: Ledger, repeats = 0): Promise<void> {
  try {
    const outcomes = await runTogether(batch, database, ledger);
    for (const [index, waiting] of batch.entries()) settle(waiting, outcomes[index] ?? null);
  } catch (cause) {
    await ledger.recover(database).catch(() => undefined);
    if (isConflict(cause) && repeats < MOST_REPEATS) return commitBatch(batch, database, ledger, repeats + 1);
    // One statement that the database refuses ends the whole transaction: alone, only its own unit fails.
    // What was committed and did not reach the disk for sure is not done again.
    if (batch.length === 1 || (cause instanceof Fault && cause.details["committed"] === true))
      for (const { failed } of batch) failed(cause);
    else for (const waiting of batch) await commitBatch([waiting], database, ledger);
  }
}

function settle({ done, failed }: Waiting, fault: Fault | null): void {
  if (fault === null) done();
  else failed(fault);
}

/** @returns for each unit the fault of the claim that it lost, or null. */
async function runTogether(batch: readonly Waiting[], database: Database, ledger: Ledger): Promise<readonly (Fault | null)[]> {
  const pages = ledger.open();
  const outcomes = await database.transaction(async (transaction) => {
    const faults: (Fault | null)[] = [];
    const won = await claimTogether(transaction, batch);
    for (const waiting of batch) {
      const { work } = waiting;
      const { writes } = work;
      const claims = won.has(waiting) ? [] : work.claims;
      // Most units only record that a token was handed out.
      const fault = claims.length + writes.length === 0 ? null : await runUnit(transaction, { claims, writes });
      faults.push(fault);
      if (fault === null) for (const event of work.events) pages.add(event);
    }
    await pages.write(transaction);
    return faults;
  });
  pages.keep();
  return outcomes;
}

/**
 * Makes the rows of all units whose one claim is a new row, a statement for each table: every request with a proof has one. When a row
 * was there, or two units want the same one, nothing of it is kept, and each unit claims for itself.
 *
 * @returns the units that have their row.
 */
async function claimTogether(transaction: Transaction, batch: readonly Waiting[]): Promise<ReadonlySet<Waiting>> {
  const won = new Set<Waiting>();
  const groups = new Map<RowInsert, Waiting[]>();
  for (const waiting of batch) {
    const [claim, another] = waiting.work.claims;
    if (another !== undefined || claim?.insert == null) continue;
    const group = groups.get(claim.insert);
    if (group === undefined) groups.set(claim.insert, [waiting]);
    else group.push(waiting);
  }
  for (const [insert, group] of groups) {
    if (group.length === 1) continue;
    const values = group.flatMap(({ work }) => work.claims[0]?.values ?? []);
    await transaction.run("SAVEPOINT claims");
    if ((await transaction.run(insert(group.length), values)) === group.length) for (const each of group) won.add(each);
    else await transaction.run("ROLLBACK TO SAVEPOINT claims");
    await transaction.run("RELEASE SAVEPOINT claims");
  }
  return won;
}

async function runUnit(transaction: Transaction, { claims, writes }: Pick<Work, "claims" | "writes">): Promise<Fault | null> {
  // The first claim changed nothing when it is lost; what came before a later one has to be undone.
  const guarded = claims.length > 1;
  if (guarded) await transaction.run("SAVEPOINT unit");
  for (const { sql, values, lost } of claims) {
    if ((await transaction.run(sql, values)) === 1) continue;
    if (guarded) await transaction.run("ROLLBACK TO SAVEPOINT unit");
    return lost();
  }
  for (const { sql, values } of writes) await transaction.run(sql, values);
  if (guarded) await transaction.run("RELEASE SAVEPOINT unit");
  return null;
}
