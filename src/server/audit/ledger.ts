import { hash } from "node:crypto";
import type { EpochSeconds } from "../../core/time.ts";
import { integer, type Reader, type Transaction, text } from "../store/database.ts";
import type { AuditEvent } from "./event.ts";

/**
 * The chain of audit rows of one instance. Each row holds the digest of the one before it, so that none can be changed, left out
 * or moved without every later one being wrong. Instances share no chain: a shared one would have them wait for each other.
 */
export interface Ledger {
  readonly chain: string;
  /** Is told the name of each event that was kept. */
  onEvent(listener: (name: string) => void): void;
  /** Begins to write behind the last row that was kept. */
  open(): LedgerPages;
  /**
   * Reads from the database where the chain ends. To be called when a transaction failed: whether it was kept is not known if the
   * connection broke while it was being committed.
   */
  recover(reader: Reader): Promise<void>;
}

/** Rows that count once their transaction did. */
export interface LedgerPages {
  add(event: AuditEvent): void;
  /** Writes the rows. @throws {Fault} `DATABASE_UNAVAILABLE` */
  write(transaction: Transaction): Promise<void>;
  /** The transaction was committed: the next rows follow these. */
  keep(): void;
}

/** What the first row of a chain names as the digest of its predecessor. */
export function chainRoot(chain: string): string {
  return rowDigest("", `brevet audit chain ${chain}`);
}

/** The digest of a row: SHA-256 over its predecessor's digest, a line feed and its body, base64url. */
export function rowDigest(previous: string, body: string): string {
  return hash("sha256", `${previous}\n${body}`, "base64url");
}

/** Rows of one INSERT: PostgreSQL takes 65,535 values in one statement. */
const ROWS_AT_ONCE = 100;

/** A new, empty chain. */
export function openLedger(chain: string, now: () => EpochSeconds): Ledger {
  const root = { position: 0, digest: chainRoot(chain) };
  let head = root;
  const listeners: ((name: string) => void)[] = [];
  return {
    chain,
    onEvent: (listener) => void listeners.push(listener),
    async recover(reader) {
      const [row] = await reader.read("SELECT position, digest FROM audit_chain WHERE chain = ?", [chain]);
      head = row === undefined ? root : { position: integer(row, "position"), digest: text(row, "digest") };
    },
    open() {
      let last = head;
      const rows: (readonly (string | number)[])[] = [];
      let closed = 0;
      return {
        add({ name, actor, client, address, details }) {
          const position = last.position + 1;
          const at = now();
          const body = JSON.stringify({ chain, position, at, name, actor, client, address, details });
          const digest = rowDigest(last.digest, body);
          rows.push([chain, position, at, name, body, last.digest, digest]);
          last = { position, digest };
          if (name === "chain.closed") closed = 1;
        },
        async write(transaction) {
          for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
            const some = rows.slice(from, from + ROWS_AT_ONCE);
            const places = some.map(() => "(?, ?, ?, ?, ?, ?, ?)").join(", ");
            await transaction.run(
              `INSERT INTO audit_row (chain, position, at, name, body, previous, digest) VALUES ${places}`,
              some.flat(),
            );
          }
          if (rows.length === 0) return;
          await transaction.run(
            `INSERT INTO audit_chain (chain, position, digest, closed, noted) VALUES (?, ?, ?, ?, 0)
              ON CONFLICT (chain) DO UPDATE SET position = excluded.position, digest = excluded.digest, closed = excluded.closed`,
            [chain, last.position, last.digest, closed],
          );
        },
        keep() {
          head = last;
          for (const [, , , name] of rows) for (const listener of listeners) listener(String(name));
        },
      };
    },
  };
}
