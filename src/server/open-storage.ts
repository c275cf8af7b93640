import { randomBytes } from "node:crypto";
import type { EpochSeconds } from "../core/time.ts";
import { openLedger } from "./audit/ledger.ts";
import type { ServerSettings } from "./settings/settings.ts";
import { groupCommitter } from "./store/committer.ts";
import type { Database, VersionedReader } from "./store/database.ts";
import { migrate } from "./store/migrations.ts";
import { openDatabase } from "./store/open-database.ts";
import { openUnit, type Unit } from "./store/unit.ts";

/** The database of a running server, and the way to change it. */
export interface Storage extends VersionedReader, Pick<Database, "clock"> {
  openUnit(): Unit;
  /** Is told the name of each audit event once it is committed. */
  onEvent(listener: (name: string) => void): void;
  /** Commits what is under way, ends the chain, and closes. */
  close(): Promise<void>;
}

/** Opens the database, brings its schema up to date, and begins this instance's audit chain. */
export async function openStorage(settings: ServerSettings, now: () => EpochSeconds): Promise<Storage> {
  const database = await openDatabase(settings.database);
  await migrate(database);
  const ledger = openLedger(randomBytes(9).toString("base64url"), now);
  const committer = groupCommitter(database, ledger);
  const open = (): Unit => openUnit(database, committer.commit);
  const note = async (name: "chain.opened" | "chain.closed"): Promise<void> => {
    const unit = open();
    // The embedded database belongs to one process: whoever else wrote a chain is gone, and was killed if it has not ended it.
    if (name === "chain.opened" && database.kind === "sqlite")
      unit.write("UPDATE audit_chain SET closed = 1 WHERE closed = 0", []);
    unit.record({ name, actor: null, client: null, address: null, details: { issuer: settings.issuer } });
    await unit.commit();
  };
  await note("chain.opened");
  return {
    read: database.read,
    version: database.version,
    clock: database.clock,
    openUnit: open,
    onEvent: ledger.onEvent,
    async close() {
      try {
        await note("chain.closed");
      } finally {
        // Also where nothing can be kept any more: how connections end that are left to the end of the process is not ours to say.
        await committer.idle();
        await database.close();
      }
    },
  };
}
