import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "../../free-port.ts";

/** A PostgreSQL of this run's own, on loopback, with a folder of its own. */
export interface PostgresServer {
  /** Where its socket is. */
  readonly folder: string;
  readonly port: number;
  /** The URL of a new, empty database. */
  createDatabase(name: string): Promise<string>;
  /** Ends every connection to a database, as a restart does; `closed`: and takes none until it is `open` again. */
  cut(name: string, then?: "open" | "closed"): Promise<void>;
  close(): Promise<void>;
}

/** Where Debian keeps the programs of the server: off the PATH. */
function program(name: string): string {
  const folders = existsSync("/usr/lib/postgresql")
    ? readdirSync("/usr/lib/postgresql").map((version) => join("/usr/lib/postgresql", version, "bin", name))
    : [];
  return folders.filter((path) => existsSync(path)).at(-1) ?? name;
}

/** PostgreSQL refuses to run as root: there it is run as nobody. */
function user(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Starts one. It does not wait for the disk: what is tested is not whether PostgreSQL is durable. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-postgres-"));
  const data = join(folder, "data");
  const owner = user();
  mkdirSync(data);
  chmodSync(data, 0o700);
  for (const path of [folder, data]) if (owner !== null) chownSync(path, owner.uid, owner.gid);
  const options = { ...(owner ?? {}), cwd: folder, stdio: "ignore" } as const;
  execFileSync(
    program("initdb"),
    ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
    options,
  );
  // In the file and not as a flag, so that `ALTER SYSTEM` can turn it on.
  appendFileSync(join(data, "postgresql.conf"), "fsync = off\n");
  const port = await freePort();
  const server = spawn(
    program("postgres"),
    ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-c", "max_connections=200"],
    options,
  );
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const admin = await connected(port);
  return {
    folder,
    port,
    async createDatabase(name) {
      await admin.query(`CREATE DATABASE ${name}`);
      return `postgres://postgres@127.0.0.1:${port}/${name}`;
    },
    async cut(name, then = "open") {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${then === "open"}`);
      await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", [
        name,
      ]);
    },
    async close() {
      await admin.end();
      server.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function connected(port: number): Promise<pg.Client> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const client = new pg.Client({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres` });
    try {
      await client.connect();
      return client;
    } catch (cause) {
      if (Date.now() > deadline) throw cause;
      await new Promise((turn) => setTimeout(turn, 20));
    }
  }
}
