import { Fault } from "../../core/fault.ts";
import type { ServerState } from "../../core/server-state.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { type EpochSeconds, formatDuration } from "../../core/time.ts";
import type { Check, CheckResult } from "./checks.ts";
import { judgeOffset } from "./server-reach-checks.ts";

/** Looks once, however often it is asked. Null before the server's first start. @throws {Fault} of the database, the sealing key and the keys. */
export type ReadState = () => Promise<ServerState | null>;

/** Two missed days. */
const OLDEST_BACKUP_SECONDS = 3 * 86_400;
const LEAST_FREE_BYTES = 1024 ** 3;
/** What SQLite's log may take before it is moved into the file. */
const FULL_BYTES = 16 * 1024 ** 2;

/** The one check of a server whose database is another issuer's, of which nothing else could be told; null for its own, or for none. */
export async function otherIssuerCheck(issuer: string, read: ReadState): Promise<Check | null> {
  const found = await foundOrNull(read);
  if (found === null || found.issuer === null || found.issuer === issuer) return null;
  const text = `the database belongs to ${found.issuer}, and not to ${issuer}`;
  const hint = `say \`${shellCommand`--issuer ${found.issuer}`}\`, as for the server itself, or write it into server.json`;
  return { name: "issuer", run: async () => ({ outcome: "bad", text, hint }) };
}

/** Whether what a server keeps is safe: its database, its keys, its administrators. */
export function serverStateChecks(read: ReadState, now: () => EpochSeconds): readonly Check[] {
  const later = (name: string, judge: (found: ServerState) => CheckResult): Check => ({
    name,
    async run() {
      try {
        const found = await read();
        return found === null ? { outcome: "unknown", text: "not looked at: there is no database" } : judge(found);
      } catch (cause) {
        if (!(cause instanceof Fault)) throw cause;
        return { outcome: "unknown", text: "not looked at: the database cannot be read" };
      }
    },
  });
  return [
    {
      name: "database",
      async run() {
        const found = await read();
        if (found !== null) return judgeDurability(found);
        return { outcome: "bad", text: "no server was started here", hint: "`brevet serve` makes the database and the keys" };
      },
    },
    later("database's clock", ({ durability }) =>
      durability.kind === "sqlite"
        ? { outcome: "good", text: "it has none of its own" }
        : judgeOffset(durability.aheadSeconds, "the database"),
    ),
    later("keys", judgeKeys),
    later("administrators", judgeAdministrators),
    later("backups", (found) => judgeBackups(found, now())),
  ];
}

/** Null also for what cannot be read. */
async function foundOrNull(read: ReadState): Promise<ServerState | null> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return null;
  }
}

/** How a server is told to keep its audit log. */
export interface AuditSettings {
  readonly auditKeepSeconds: number | null;
  readonly auditPush: readonly string[];
  readonly auditConfirm: boolean;
}

/** Whether the audit log begins where the server says, and what is cut off it is anywhere else. Before the first start the settings alone tell. */
export function auditCheck(settings: AuditSettings, read: ReadState): Check {
  return {
    name: "audit log",
    async run() {
      const found = await foundOrNull(read);
      if (found === null || found.auditProblem === null) return judgeAudit(settings);
      const hint = "a backup from before has what is missing: `brevet serve restore`; what was exported verifies by itself";
      return { outcome: "bad", text: found.auditProblem, hint };
    },
  };
}

function judgeAudit({ auditKeepSeconds, auditPush, auditConfirm }: AuditSettings): CheckResult {
  if (auditKeepSeconds === null) return { outcome: "good", text: "every row is kept" };
  const kept = `rows are kept for ${formatDuration(auditKeepSeconds)}`;
  if (auditPush.length > 0 || auditConfirm) return { outcome: "good", text: `${kept}, and until others have them` };
  const hint = "name a receiver in `auditPush`, or set `auditConfirm`";
  return { outcome: "warn", text: `${kept}, and then nobody has them`, hint };
}

function judgeDurability({ durability }: ServerState): CheckResult {
  if (durability.kind === "sqlite") {
    const { unfit, freeBytes } = durability;
    if (unfit === "memory") return { outcome: "bad", text: "the data folder is in memory", hint: "`--data DIR` on a disk" };
    if (unfit === "network") {
      const hint = "take a local disk, or PostgreSQL: `--database postgres://…`";
      return { outcome: "bad", text: "the data folder is on a network file system, whose locks SQLite cannot trust", hint };
    }
    const free = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
    if (freeBytes < FULL_BYTES) {
      const hint = "make room, or take a larger disk: the server goes on by itself";
      return { outcome: "bad", text: "the disk of the data folder is full: nobody can sign in", hint };
    }
    if (freeBytes < LEAST_FREE_BYTES) {
      return { outcome: "warn", text: `only ${free}: a full disk ends every sign-in`, hint: "make room, or take a larger disk" };
    }
    return { outcome: "good", text: `SQLite, every commit waits for the disk, ${free}; for one instance` };
  }
  const { version, off, isReplica, isOpenOnTheWay } = durability;
  if (isReplica) return { outcome: "bad", text: "it follows another PostgreSQL and takes no writes", hint: "name the primary" };
  if (off.length > 0) {
    return {
      outcome: "bad",
      text: `PostgreSQL has ${off.join(" and ")} off: a power cut loses sessions and records`,
      hint: "set them to on in postgresql.conf",
    };
  }
  if (isOpenOnTheWay) {
    return {
      outcome: "bad",
      text: "what is said to PostgreSQL goes over the network in clear",
      hint: "end the database's URL in `?sslmode=verify-full`",
    };
  }
  return { outcome: "good", text: `PostgreSQL ${version}, every commit waits for the disk` };
}

function judgeKeys({ keys }: ServerState): CheckResult {
  return { outcome: "good", text: `${keys.map(({ algorithm }) => algorithm).join(" and ")} open, and sign` };
}

function judgeAdministrators({ administrators }: ServerState): CheckResult {
  const [only, second] = administrators;
  if (only === undefined) {
    return { outcome: "bad", text: "there is none yet", hint: "open the link that `brevet serve` prints at its start" };
  }
  if (second === undefined) {
    const isOnlyWay = only.keys === 1 && only.codes === 0;
    const lost = isOnlyWay ? ", with one key and no recovery codes: if that key is lost" : ": if they lose their keys and codes";
    return {
      outcome: "warn",
      text: `there is one${lost}, nobody administers this server any more`,
      hint: `${isOnlyWay ? "have them make recovery codes on /account; " : ""}invite a second one, and put them into the group administrators`,
    };
  }
  return { outcome: "good", text: `${administrators.length}, so that two can let somebody back in` };
}

function judgeBackups({ durability, lastBackupAt }: ServerState, now: EpochSeconds): CheckResult {
  if (durability.kind === "postgres") {
    return {
      outcome: "unknown",
      text: "PostgreSQL's own are not seen from here",
      hint: "see that pg_dump runs, and that seal.key is kept",
    };
  }
  const hint = "once a day: `brevet serve backup FILE`, and keep seal.key elsewhere";
  if (lastBackupAt === null) return { outcome: "bad", text: "none was made of this data folder yet", hint };
  const age = now - lastBackupAt;
  const text = `the last one is ${formatDuration(age)} old`;
  return age > OLDEST_BACKUP_SECONDS ? { outcome: "warn", text, hint } : { outcome: "good", text };
}
