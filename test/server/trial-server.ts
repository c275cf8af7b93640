import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../../src/core/fault.ts";
import type { Http } from "../../src/core/http.ts";
import type { EpochSeconds } from "../../src/core/time.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { addCheckpoint } from "../../src/server/audit/checkpoint.ts";
import { type RouteParts, type RunningServer, startServer } from "../../src/server/compose.ts";
import { makeFirstKeys } from "../../src/server/first-start.ts";
import type { RequestRecord } from "../../src/server/http/handle.ts";
import type { Route } from "../../src/server/http/route.ts";
import { openSeal } from "../../src/server/keys/seal.ts";
import { openStorage } from "../../src/server/open-storage.ts";
import { readSettings } from "../../src/server/settings/read-settings.ts";
import type { Level } from "../../src/wire/brevet-api/levels.ts";
import { freePort } from "../free-port.ts";

/** A login server in this process, whose people sign in by a word of the test instead of a passkey. */
export interface TrialServer {
  readonly url: string;
  readonly dataFolder: string;
  readonly server: RunningServer;
  /** Requests that ended with 500 or more. Of a benchmark's load the others would fill the memory. */
  readonly failures: readonly RequestRecord[];
  /** What went wrong in the background. */
  readonly warnings: readonly string[];
  /** Moves the server's clock. */
  advance(seconds: number): void;
  now(): EpochSeconds;
  addPerson(person: TrialPerson): Promise<void>;
  /** A row for a key that nobody holds. @returns its id. */
  addKey(person: string, id?: string): Promise<string>;
  /** Writes the checkpoint of what is in the audit log, unless the server does so itself just now. */
  addCheckpoint(): Promise<void>;
  /** Stops the server and leaves its folder. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface TrialPerson {
  readonly id: string;
  readonly email: string;
  readonly name?: string;
  readonly groups?: readonly string[];
}

export interface TrialOptions {
  readonly database?: string;
  readonly dataFolder?: string;
  readonly url?: string;
  readonly settings?: Readonly<Record<string, string | number | readonly string[]>>;
  /** What stands in `server.json`, and files beside it. */
  readonly file?: Readonly<Record<string, unknown>>;
  readonly beside?: Readonly<Record<string, string>>;
  readonly clockOffset?: number;
  readonly http?: Http;
}

/** Starts a server on any free port. */
export async function startTrial(options: TrialOptions = {}): Promise<TrialServer> {
  const dataFolder = options.dataFolder ?? (options.clockOffset === undefined ? await folderWithKeys() : emptyFolder());
  const files = { ...options.beside, ...(options.file === undefined ? {} : { "server.json": JSON.stringify(options.file) }) };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dataFolder, name), text, { mode: 0o600 });
  const url = options.url ?? `http://localhost:${await freePort()}`;
  const failures: RequestRecord[] = [];
  const warnings: string[] = [];
  let offset = options.clockOffset ?? 0;
  const now = (): number => Math.floor(Date.now() / 1000) + offset;
  const server = await startServer(
    dataFolder,
    {
      issuer: url,
      listen: `127.0.0.1:${options.url === undefined ? new URL(url).port : 0}`,
      database: options.database,
      registrationsPerMinute: 1000,
      ...options.settings,
    },
    {
      now,
      log(record) {
        if (record.status >= 500) failures.push(record);
      },
      warn: (what, cause) => void warnings.push(`${what}: ${cause instanceof Error ? (cause.stack ?? "") : String(cause)}`),
      http: options.http,
      routes: signInByWord,
    },
  );
  return {
    url: options.url === undefined ? url : `http://localhost:${server.port}`,
    dataFolder,
    server,
    failures,
    warnings,
    now,
    advance(seconds) {
      offset += seconds;
    },
    async addPerson({ id, email, name = "Alice", groups = [] }) {
      const unit = server.storage.openUnit();
      unit.write("INSERT INTO person (id, email, name, active, made_at) VALUES (?, ?, ?, 1, ?)", [id, email, name, now()]);
      for (const group of groups) unit.write("INSERT INTO membership (person, team) VALUES (?, ?)", [id, group]);
      await unit.commit();
    },
    async addKey(person, id = `key-of-${person}`) {
      const unit = server.storage.openUnit();
      unit.write(
        `INSERT INTO passkey (id, person, name, public_key, counter, transports, aaguid, level, made_at)
          VALUES (?, ?, 'a key', '', 0, '[]', '00000000-0000-0000-0000-000000000000', 'passkey', ?)`,
        [id, person, now()],
      );
      await unit.commit();
      return id;
    },
    async addCheckpoint() {
      const unit = server.storage.openUnit();
      try {
        await addCheckpoint(server.storage, unit, { seal: openSeal(privateFiles(), dataFolder, () => false), now: now() });
        await unit.commit();
      } catch (cause) {
        if (!(cause instanceof Fault && cause.code === "ALREADY_USED")) throw cause;
      }
    },
    stop: () => server.close(),
    async close() {
      await server.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

let keys: Promise<string> | undefined;

/** A data folder of its own with a database and keys in it, which were made once for the process: RSA keys take longer than most tests. */
async function folderWithKeys(): Promise<string> {
  keys ??= makeKeys();
  const folder = emptyFolder();
  cpSync(await keys, folder, { recursive: true });
  return folder;
}

/** Where a server makes keys itself: by another clock, those that were made by this one may sign in its future. */
function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "brevet-server-"));
}

async function makeKeys(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-server-keys-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const now = (): number => Math.floor(Date.now() / 1000);
  const files = privateFiles();
  const storage = await openStorage(readSettings(files, folder, { issuer: "http://localhost" }), now);
  await makeFirstKeys(
    storage,
    openSeal(files, folder, () => true),
    now(),
  );
  await storage.close();
  return folder;
}

/** `POST /interaction/:uid/trial` with `account` and `level`, or with `refuse`: what the pages do once a ceremony was good. */
function signInByWord({ interactions, now }: RouteParts): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/interaction/:uid/trial",
      body: "form",
      async answer(request, unit) {
        if (request.form.has("refuse")) return interactions.refuse(request, unit);
        const found = await interactions.find(request, unit);
        if (found?.asks === "consent") return interactions.consent(request, unit);
        return interactions.signIn(request, unit, {
          account: request.form.get("account") ?? "",
          level: (request.form.get("level") ?? "passkey") as Level,
          methods: ["hwk", "user"],
          at: now() - Number(request.form.get("age") ?? 0),
        });
      },
    },
  ];
}
