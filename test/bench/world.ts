import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A device of its own, trusted by a sandbox of its own, made by brevet's own commands in a temporary folder. */
export interface World {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where cached credentials are; emptying it makes the next call an uncached one. */
  readonly credentialsFolder: string;
  readonly sandboxUrl: string;
  readonly caFile: string;
  /** The log lines of the sandbox that begin with this action. */
  countAction(action: string): number;
  /** Runs the program; @returns its stdout. */
  run(...args: readonly string[]): string;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** The program and what precedes its arguments: `["node", "dist/brevet.cjs"]`. */
  readonly program: readonly string[];
  readonly guard: "keychain" | "file";
  /** Whether a memory file system is there for the run key. */
  readonly runKey: boolean;
  /** Words for `brevet init` beside the guard: the signer. */
  readonly init?: readonly string[];
  /** Variables that the guard needs: the session bus. */
  readonly environment?: Readonly<Record<string, string>>;
}

const ISSUER = "https://issuer.example/bench";
const MEMORY = "/dev/shm";

/** The profile that every world has. */
export const PROFILE = "bench";

export async function makeWorld(options: WorldOptions): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-bench-"));
  const runtime = options.runKey && existsSync(MEMORY) ? mkdtempSync(join(MEMORY, "brevet-bench-")) : null;
  const environment: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    CI: "true",
    ...(runtime === null ? {} : { XDG_RUNTIME_DIR: runtime }),
    ...options.environment,
  };
  const [command = "", ...before] = options.program;
  const run = (...args: readonly string[]): string =>
    execFileSync(command, [...before, ...args], { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  run("init", "bench", "--issuer", ISSUER, "--store", options.guard, ...(options.init ?? []));
  // Before there is a published key: the setup's own trial then ends here, and no world begins with credentials.
  const role = `arn:aws:iam::123456789012:role/${PROFILE}`;
  const program = options.program.at(-1) ?? "";
  run("setup", "aws", "--role", role, "--profile", PROFILE, "--region", "us-east-1", "--program", program);
  run("cache", "clear");
  run("issuer", "generate");
  run("issuer", "publish", "--to", join(folder, "published"));
  const { identities } = JSON.parse(run("status", "--json")) as { identities: readonly { subject: string }[] };
  run("sandbox", "trust", "--issuer", ISSUER, "--subject", identities[0]?.subject ?? "", "--role", PROFILE);
  const sandbox = await startSandbox([...options.program], environment, folder);
  // For the AWS SDK for JavaScript; Node 20 reads that file at every start, which triples the time of an empty process.
  const { NODE_EXTRA_CA_CERTS: _, ...variables } = JSON.parse(run("sandbox", "env", "--shell", "json")) as Record<string, string>;
  Object.assign(environment, variables);
  return {
    folder,
    environment,
    credentialsFolder: join(folder, ".cache", "brevet", "credentials"),
    sandboxUrl: sandbox.url,
    caFile: sandbox.caFile,
    countAction: (action) =>
      sandbox
        .log()
        .split("\n")
        .filter((line) => line.includes(` ${action} → `)).length,
    run,
    async stop() {
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
      if (runtime !== null) rmSync(runtime, { recursive: true, force: true });
    },
  };
}

interface RunningSandbox {
  readonly url: string;
  readonly caFile: string;
  log(): string;
  stop(): Promise<void>;
}

async function startSandbox(program: readonly string[], environment: NodeJS.ProcessEnv, folder: string): Promise<RunningSandbox> {
  const readyFolder = join(folder, "ready");
  mkdirSync(readyFolder);
  const readyFile = join(readyFolder, "sandbox.json");
  const [command = "", ...before] = program;
  const args = [...before, "sandbox", "start", "--issuer", `${ISSUER}=${join(folder, "published")}`, "--ready-file", readyFile];
  // To a file, so that a line is there as soon as the answer that it tells of is.
  const logFile = join(folder, "sandbox.log");
  const descriptor = openSync(logFile, "w");
  const child = spawn(command, args, { env: environment, stdio: ["ignore", "ignore", descriptor] });
  closeSync(descriptor);
  const log = (): string => readFileSync(logFile, "utf8");
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const watcher = watch(readyFolder, () => {
      if (!existsSync(readyFile)) return;
      watcher.close();
      resolve();
    });
    void ended.then(() => {
      watcher.close();
      reject(new Error(`the sandbox ended: ${log()}`));
    });
  });
  const { url, caFile } = JSON.parse(readFileSync(readyFile, "utf8")) as { url: string; caFile: string };
  return {
    url,
    caFile,
    log,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
