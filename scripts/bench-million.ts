import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as client from "openid-client";
import pg from "pg";
import { startPostgres } from "../test/rings/postgres/postgres-server.ts";
import { type KeyHolder, keyHolder } from "../test/server/key-holder.ts";
import { authorizeCli, type CliSession } from "../test/server/sign-in.ts";

/**
 * `npm run bench:server -- --million`: sign-ins with passkeys and exchanges at one login server over an empty PostgreSQL and at another
 * over one with a million people, three million passkeys, a million browser sessions and a million sessions of clients, in turns of one
 * run. First PostgreSQL does not wait for the disk, so that what is compared is how long it looks for things; then it does, as it does for
 * everybody who has not turned that off.
 */
const PEOPLE = 1_000_000;
const LIMIT = 1.5;
/** People who sign in, of all of them. */
const ACTIVE = 24;
const WORKERS = 2;

const FILL: readonly string[] = [
  `INSERT INTO person (id, email, name, active, made_at)
    SELECT md5('p' || n), 'person' || n || '@example.com', 'Person ' || n, 1, 1700000000 FROM generate_series(1, ${PEOPLE}) n`,
  `INSERT INTO membership (person, team) SELECT md5('p' || n), 'group' || n % 500 FROM generate_series(1, ${PEOPLE}) n`,
  `INSERT INTO passkey (id, person, name, public_key, counter, transports, aaguid, level, made_at)
    SELECT md5('k' || n || '.' || k), md5('p' || n), 'key ' || k, repeat('A', 103), 0, '[]', '00000000-0000-0000-0000-000000000000', 'passkey', 1700000000
    FROM generate_series(1, ${PEOPLE}) n, generate_series(1, 3) k`,
  `INSERT INTO web_session (digest, person, level, signed_in_at, expires_at)
    SELECT md5('w' || n), md5('p' || n), 'passkey', 1900000000, 1900028800 + n % 28800 FROM generate_series(1, ${PEOPLE}) n`,
  `INSERT INTO artifact (kind, handle, payload, grant_id, account, expires_at)
    SELECT 'AccessToken', md5('a' || n), repeat('x', 400), md5('g' || n), md5('p' || n), 1900000000 + n % 28800 FROM generate_series(1, ${PEOPLE}) n`,
];

/** What a sign-in and an exchange ask, with what PostgreSQL should find by an index. */
const QUESTIONS: readonly string[] = [
  "SELECT * FROM passkey WHERE id = 'x'",
  "SELECT * FROM person WHERE id = 'x'",
  "SELECT team FROM membership WHERE person = 'x'",
  "SELECT * FROM artifact WHERE kind = 'AccessToken' AND handle = 'x'",
  "DELETE FROM artifact WHERE grant_id = 'x'",
  "DELETE FROM artifact WHERE account = 'x'",
  "DELETE FROM web_session WHERE expires_at <= 1",
  "DELETE FROM web_session WHERE person = 'x'",
];

interface Subject {
  readonly name: string;
  readonly child: ChildProcess;
  readonly url: string;
  readonly holders: readonly KeyHolder[];
  readonly sessions: readonly CliSession[];
  readonly signIns: number[];
  readonly tokens: number[];
}

/** Of each kind of request as many times the people as there are rounds: of 960 sign-ins the tenth slowest is the p99. */
const ROUNDS_AT_LEAST = 40;

/** Runs it. @returns whether the limits held. */
export async function benchMillion(program: string, rounds: number): Promise<boolean> {
  const postgres = await startPostgres();
  const children: ChildProcess[] = [];
  try {
    const urls = await Promise.all(["empty", "million"].map((name) => postgres.createDatabase(name)));
    const [empty, million] = await Promise.all(urls.map((url) => start(program, url, children)));
    if (empty === undefined || million === undefined) throw new Error("a server did not start");
    await fill(urls[1] ?? "");
    const subjects = [await enrol("empty", empty), await enrol("million", million)] as const;
    const held = await compare("without waiting for the disk", subjects, rounds);
    await waitForDisk(urls[0] ?? "");
    return (await compare("waiting for the disk", subjects, rounds)) && held;
  } finally {
    await Promise.all(children.map(stop));
    await postgres.close();
  }
}

async function compare(how: string, subjects: readonly [Subject, Subject], rounds: number): Promise<boolean> {
  for (const { signIns, tokens } of subjects) signIns.length = tokens.length = 0;
  for (let round = 0; round <= Math.max(rounds, ROUNDS_AT_LEAST); round++) {
    for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) await measure(subject, round > 0);
  }
  return report(how, subjects);
}

/** Turns PostgreSQL's own default back on. */
async function waitForDisk(url: string): Promise<void> {
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  await database.query("ALTER SYSTEM SET fsync = on");
  await database.query("SELECT pg_reload_conf()");
  for (let fsync = "off"; fsync !== "on"; ) {
    [{ fsync }] = (await database.query("SHOW fsync")).rows as [{ readonly fsync: string }];
  }
  await database.query("CHECKPOINT");
  await database.end();
}

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  links(count: number): Promise<readonly string[]>;
}

async function start(program: string, database: string, children: ChildProcess[]): Promise<Started> {
  const child = spawn(process.execPath, [program, database], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  if (child.stdout === null) throw new Error("no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<{ url?: string; links?: readonly string[] }> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error("the server has ended");
      if (String(value).startsWith("{")) return JSON.parse(String(value));
    }
  };
  const { url = "" } = await answer();
  return {
    child,
    url,
    async links(count) {
      child.stdin?.write(`${count}\n`);
      return (await answer()).links ?? [];
    },
  };
}

/** A server ends in order while its database is there. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((exit) => child.once("exit", exit));
  child.stdin?.end();
  await ended;
}

async function fill(url: string): Promise<void> {
  const started = performance.now();
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  for (const statement of FILL) await database.query(statement);
  await database.query("VACUUM ANALYZE");
  const [{ size } = { size: "" }] = (await database.query("SELECT pg_size_pretty(pg_database_size(current_database())) AS size"))
    .rows;
  console.log(`filled: ${size} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  for (const question of QUESTIONS) {
    const plan = (await database.query(`EXPLAIN ${question}`)).rows.map((row) => String(row["QUERY PLAN"])).join("\n");
    const how = /(Index (?:Only )?Scan|Bitmap Index Scan|Seq Scan)[^(]*/.exec(plan)?.[0]?.trim();
    console.log(`  ${question.padEnd(72)} ${how}`);
    if (plan.includes("Seq Scan")) throw new Error(`PostgreSQL reads a whole table for ${question}`);
  }
  await database.end();
}

async function enrol(name: string, { child, url, links }: Started): Promise<Subject> {
  const holders: KeyHolder[] = [];
  const sessions: CliSession[] = [];
  for (const link of await links(ACTIVE)) {
    const holder = keyHolder(url);
    await holder.perform(link, { keyName: "key" });
    sessions.push(await authorizeCli({ url }, (from, away) => holder.signInThrough(from, away)));
    holders.push(holder);
  }
  return { name, child, url, holders, sessions, signIns: [], tokens: [] };
}

async function measure(subject: Subject, counts: boolean): Promise<void> {
  const { holders, sessions, url } = subject;
  const timed = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    await work();
    if (counts) into.push(performance.now() - started);
  };
  // Each worker has people of its own: two sign-ins with one key at once would be a copied key.
  await Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      for (let index = worker; index < holders.length; index += WORKERS) {
        const [holder, session] = [holders[index], sessions[index]];
        if (holder === undefined || session === undefined) continue;
        await timed(subject.signIns, () => holder.perform(`${url}/sign-in`));
        for (let token = 0; token < 3; token++) await timed(subject.tokens, () => exchange(session, url));
      }
    }),
  );
}

function exchange({ configuration, tokens, dpop }: CliSession, audience: string): Promise<unknown> {
  const parameters = {
    subject_token: tokens.access_token,
    subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    audience,
  };
  const grant = "urn:ietf:params:oauth:grant-type:token-exchange";
  return client.genericGrantRequest(configuration, grant, parameters, { DPoP: dpop });
}

function report(how: string, [empty, million]: readonly [Subject, Subject]): boolean {
  let held = true;
  for (const what of ["signIns", "tokens"] as const) {
    const at = (subject: Subject, share: number): number => {
      const times = [...subject[what]].sort((a, b) => a - b);
      return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    };
    const ratio = at(million, 0.99) / at(empty, 0.99);
    held &&= ratio <= LIMIT;
    console.log(
      `\n${what === "signIns" ? "sign-in with a passkey" : "token exchange with DPoP"}, ${how} (${empty[what].length} each)`,
    );
    for (const subject of [empty, million]) {
      console.log(`  ${subject.name.padEnd(8)} p50 ${at(subject, 0.5).toFixed(1)} ms  p99 ${at(subject, 0.99).toFixed(1)} ms`);
    }
    console.log(`  p99 ratio ${ratio.toFixed(2)}, limit ${LIMIT} ${ratio <= LIMIT ? "held" : "NOT HELD"}`);
  }
  return held;
}
