import { type ChildProcess, spawn } from "node:child_process";
import { createPrivateKey, type JsonWebKey, randomUUID, sign } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { type Load, load } from "../test/bench/server/load.ts";
import { CLIENT, COMMAND_LINE, type Subject, type Usage } from "../test/bench/server/subject.ts";
import { benchMillion } from "./bench-million.ts";

/**
 * `npm run bench:server [-- --rounds N --requests N --only WORD | --million]`: the login server beside a bare oidc-provider, in turns of one run, so that
 * what else the machine does falls on both. Prints medians and ratios, and ends with 1 when a limit is not held.
 */
const { values } = parseArgs({
  options: {
    // Of each pair of processes. Turns take a second or so, and are many: a machine may change its speed by a third within some.
    rounds: { type: "string", default: "6" },
    requests: { type: "string", default: "2000" },
    // Rows in whose name it stands.
    only: { type: "string", default: "" },
    million: { type: "boolean" },
  },
});
const ROUNDS = Number(values.rounds);
const REQUESTS = Number(values.requests);
/** Of each program: one differs from the next by some 5 %. */
const PROCESSES = 3;
/** Before the first turn that counts, for the compilers. */
const WARM_REQUESTS = 6000;
const MEMORY_LIMIT_MB = 300;
const FOLDER = "build/bench-server";

interface Running extends Subject {
  readonly name: string;
  usage(): Promise<Usage>;
  stop(): void;
}

delete process.env["NODE_EXTRA_CA_CERTS"];
mkdirSync(FOLDER, { recursive: true });
await esbuild.build({
  entryPoints: ["ours", "bare", "hello", "million-subject"].map((name) => `test/bench/server/${name}.ts`),
  outdir: FOLDER,
  bundle: true,
  splitting: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  outExtension: { ".js": ".mjs" },
  external: ["bun:sqlite"],
  logLevel: "warning",
});
if (values.million) process.exit((await benchMillion(join(FOLDER, "million-subject.mjs"), ROUNDS)) ? 0 : 1);
const [ours, bare, hello] = await Promise.all(["ours", "bare", "hello"].map(startSome));
if (ours === undefined || bare === undefined || hello === undefined) throw new Error("a subject did not start");
let held = true;
await compare("token exchange", pairsOf(ours, bare), (subject, count) => exchanges(subject, CLIENT, subject.bearer, count), 1);
await compare(
  "token exchange with DPoP",
  pairsOf(ours, bare),
  (subject, count) => exchanges(subject, COMMAND_LINE, subject.bound, count, subject.key),
  1,
);
await compare(
  "JWKS against hello",
  pairsOf(ours, hello),
  (subject, count) => documents(subject, "/.well-known/jwks.json", count),
  0.7,
);
await compare(
  "discovery against hello",
  pairsOf(ours, hello),
  (subject, count) => documents(subject, "/.well-known/openid-configuration", count),
  0.7,
);
const memoryMb =
  Math.max(...(await Promise.all(ours.map((each) => each.usage()))).map((usage) => usage.residentBytes)) / 1024 / 1024;
held &&= memoryMb <= MEMORY_LIMIT_MB;
console.log(
  `\nmemory after the load: ${memoryMb.toFixed(0)} MB, limit ${MEMORY_LIMIT_MB} MB ${memoryMb <= MEMORY_LIMIT_MB ? "held" : "NOT HELD"}`,
);
for (const subject of [ours, bare, hello].flat()) subject.stop();
process.exitCode = held ? 0 : 1;

function startSome(name: string): Promise<Running[]> {
  return Promise.all(Array.from({ length: PROCESSES }, () => start(name)));
}

async function start(name: string): Promise<Running> {
  const child: ChildProcess = spawn(process.execPath, [join(FOLDER, `${name}.mjs`)], { stdio: ["pipe", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("no output");
  const lines: Interface = createInterface({ input: child.stdout });
  const answers: ((line: string) => void)[] = [];
  lines.on("line", (line) => answers.shift()?.(line));
  const line = (): Promise<string> => new Promise((answered) => answers.push(answered));
  const subject = JSON.parse(await line()) as Subject;
  return {
    ...subject,
    name,
    async usage() {
      const told = line();
      child.stdin?.write("usage\n");
      return JSON.parse(await told) as Usage;
    },
    stop: () => void child.stdin?.end(),
  };
}

/** A load, and what each of its requests cost the subject. */
interface Measured extends Load {
  readonly cpuMicros: number;
  /** Of the thread that serves: what bounds the throughput, and what another program's load hardly changes. */
  readonly servingMicros: number | null;
}

/** A process of brevet, and one of what it is compared with. */
type Pair = readonly [Running, Running];

function pairsOf(subjects: readonly Running[], baselines: readonly Running[]): readonly Pair[] {
  return subjects.flatMap((subject, index) => {
    const baseline = baselines[index];
    return baseline === undefined ? [] : [[subject, baseline] as const];
  });
}

/** Pair by pair in turns, the first of each pair changing. */
async function compare(
  what: string,
  pairs: readonly Pair[],
  make: (of: Running, count: number) => readonly string[],
  limit: number,
) {
  if (!what.includes(values.only)) return;
  for (const each of pairs.flat()) await load(each.url, make(each, WARM_REQUESTS));
  const turn = (each: Running): Promise<Measured> => measure(what, each, make(each, REQUESTS));
  const ofSubjects: Measured[] = [];
  const ofBaselines: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [subject, baseline] of pairs) {
      if (round % 2 === 0) ofSubjects.push(await turn(subject));
      ofBaselines.push(await turn(baseline));
      if (round % 2 !== 0) ofSubjects.push(await turn(subject));
    }
  }
  console.log(`\n${what}`);
  console.log(`  ours      ${describe(ofSubjects)}`);
  console.log(`  baseline  ${describe(ofBaselines)}`);
  const ratio = median(ofSubjects.map(({ perSecond }, index) => perSecond / (ofBaselines[index]?.perSecond ?? Number.NaN)));
  held &&= ratio >= limit;
  console.log(`  ratio ${ratio.toFixed(2)}, limit ${limit} ${ratio >= limit ? "held" : "NOT HELD"}`);
}

async function measure(what: string, subject: Running, requests: readonly string[]): Promise<Measured> {
  const before = await subject.usage();
  const result = await load(subject.url, requests);
  const after = await subject.usage();
  if (result.failed > 0) throw new Error(`${what}: ${result.failed} requests to ${subject.name} failed`);
  const cpuMicros = (after.cpuMicros - before.cpuMicros) / requests.length;
  const { servingMicros: from } = before;
  const servingMicros = from === null ? null : ((after.servingMicros ?? 0) - from) / requests.length;
  return { ...result, cpuMicros, servingMicros };
}

function describe(results: readonly Measured[]): string {
  const of = (pick: (load: Measured) => number | null, digits: number): string =>
    median(results.map((each) => pick(each) ?? 0)).toFixed(digits);
  const least = Math.min(...results.map(({ servingMicros }) => servingMicros ?? 0));
  const perSecond = of((each) => each.perSecond, 0).padStart(6);
  const times = `p50 ${of(({ p50Ms }) => p50Ms, 2)} ms  p99 ${of(({ p99Ms }) => p99Ms, 2)} ms`;
  const cpu = `${of(({ cpuMicros }) => cpuMicros, 0)} µs of CPU each`;
  const serving =
    least > 0 ? `, ${of(({ servingMicros }) => servingMicros, 0)} of the serving thread (at best ${least.toFixed(0)})` : "";
  return `${perSecond}/s  ${times}  ${cpu}${serving}`;
}

function exchanges(
  subject: Running,
  { client_id }: { readonly client_id: string },
  token: string,
  count: number,
  key?: JsonWebKey,
): readonly string[] {
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    client_id,
    subject_token: token,
    subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    audience: "https://id.example.com",
  }).toString();
  const { host } = new URL(subject.url);
  const prove = key === undefined ? null : prover(key, `${subject.url}/oauth/token`);
  return Array.from({ length: count }, () => {
    const proof = prove === null ? "" : `dpop: ${prove()}\r\n`;
    return `POST /oauth/token HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n${proof}\r\n${body}`;
  });
}

function documents(subject: Running, path: string, count: number): readonly string[] {
  const { host } = new URL(subject.url);
  return Array.from({ length: count * 20 }, () => `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
}

/** RFC 9449 §4.2, one proof for each request. */
function prover(key: JsonWebKey, htu: string): () => string {
  const privateKey = createPrivateKey({ key, format: "jwk" });
  const { kty, crv, x, y } = key;
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = part({ alg: "ES256", typ: "dpop+jwt", jwk: { kty, crv, x, y } });
  return () => {
    const input = `${header}.${part({ jti: randomUUID(), htm: "POST", htu, iat: Math.floor(Date.now() / 1000) })}`;
    return `${input}.${sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
