import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { Fault } from "../core/fault.ts";
import { takeCommand } from "../core/shell-variables.ts";
import { isRunning } from "../platform/processes/process-identity.ts";
import { readJsonFile } from "./json-files.ts";

/** Where a running sandbox is found. */
export interface RunningSandbox {
  readonly url: string;
  readonly caFile: string;
  readonly region: string;
  /** Where the issuers are that it was given: `issuer.example=127.0.0.1:4443`. */
  readonly resolve: readonly string[];
  /** The process that listens. */
  readonly pid: number;
}

const FILE = "running.json";
const runningFile = v.strictObject({
  url: v.string(),
  caFile: v.string(),
  region: v.string(),
  resolve: v.optional(v.array(v.string()), []),
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/** What `brevet sandbox env` prints from. Written when the sandbox listens, taken away when it ends. */
export function saveRunning(folder: string, running: RunningSandbox): void {
  writeWhole(join(folder, FILE), `${JSON.stringify(running, null, 2)}\n`);
}

/** Takes the file away, unless another sandbox has written its own by now. */
export function forgetRunning(folder: string, running: RunningSandbox): void {
  if (readRunning(folder)?.url === running.url) rmSync(join(folder, FILE), { force: true });
}

/** Two of them in one folder would take each other's place. @throws {Fault} `SANDBOX_RUNNING` */
export function requireNoneRunning(folder: string): void {
  const running = readRunning(folder);
  if (running === null || !isRunning(running.pid)) return;
  throw new Fault("SANDBOX_RUNNING", `a sandbox runs in ${folder} already, at ${running.url} (process ${running.pid})`, {
    hints: [`use it: \`${takeCommand("brevet sandbox env")}\``, "or give this one a folder of its own: `--folder DIR`"],
  });
}

/** @throws {Fault} `SANDBOX_ABSENT` */
export function loadRunning(folder: string): RunningSandbox {
  const running = readRunning(folder);
  if (running !== null && isRunning(running.pid)) return running;
  throw new Fault("SANDBOX_ABSENT", `no sandbox is running in ${folder}`, {
    hints: ["start one in another terminal: `brevet sandbox start`"],
  });
}

/** Null also for a file that says something else: a sandbox writes it as a whole. */
function readRunning(folder: string): RunningSandbox | null {
  try {
    return readJsonFile(join(folder, FILE), runningFile);
  } catch (cause) {
    if (cause instanceof Fault) return null;
    throw cause;
  }
}

/** The variables that make the clouds' tools call the sandbox and trust it, and let brevet find the issuers that it serves. */
export function clientVariables(running: Omit<RunningSandbox, "pid">): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_STS: running.url,
    AWS_ENDPOINT_URL: running.url,
    AWS_CA_BUNDLE: running.caFile,
    // The AWS SDK for JavaScript does not read AWS_CA_BUNDLE; Node reads this one.
    NODE_EXTRA_CA_CERTS: running.caFile,
    AWS_REGION: running.region,
    AWS_DEFAULT_REGION: running.region,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STS: `${running.url}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: `${running.url}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: `${running.url}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: `${running.url}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE: `${running.url}/`,
    CLOUDSDK_AUTH_TOKEN_INTROSPECTION_ENDPOINT: `${running.url}/v1/introspect`,
    AZURE_AUTHORITY_HOST: `${running.url}/`,
    BREVET_AZURE_GRAPH_URL: `${running.url}/`,
    BREVET_AZURE_MANAGEMENT_URL: `${running.url}/`,
    CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: running.caFile,
    ...(running.resolve.length === 0 ? {} : { BREVET_RESOLVE: running.resolve.join(" ") }),
  };
}

/**
 * Writes a file that holds no secret as a whole: a request that reads it sees the old text or the new.
 *
 * @throws {Fault} `FILE_UNWRITABLE`
 */
export function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    // Whatever the umask is: a program that can write here decides which servers AWS tools trust.
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    writeFileSync(temporary, text, { mode: 0o644 });
    renameSync(temporary, file);
  } catch (cause) {
    if (existsSync(temporary)) rmSync(temporary, { force: true });
    throw new Fault("FILE_UNWRITABLE", `${file} cannot be written`, { cause });
  }
}
