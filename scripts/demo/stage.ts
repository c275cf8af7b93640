import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { posixWord } from "../../src/core/posix-word.ts";

/** Where a demo plays: one temporary folder, HOME included, that is gone at the end, and a program that was built just now. */
export interface Stage {
  readonly folder: string;
  /** The program's path, as one word of the shell. */
  readonly program: string;
  /** The user's shell: an empty home, our program on the PATH, and none of the machine's own AWS settings. */
  readonly environment: NodeJS.ProcessEnv;
  /** Says what comes next. */
  say(line: string): void;
  /** Prints a command and runs it in the folder, on the terminal of the demo. @throws when it fails. */
  run(line: string): Promise<void>;
  /** Runs a command quietly. @returns the JSON that it prints. */
  ask(line: string): unknown;
  /** Prints a command and runs it until the end of the demo. @returns the program, whose stderr is a pipe. */
  start(line: string): ChildProcess;
  /** The same, and waits for the file by which it says that it is ready. What it logs is shown after each command, in whose lines it would stand. */
  startUntil(line: string, readyFile: string): Promise<void>;
  /** What `eval "$(brevet sandbox env)"` does in a shell. */
  useSandbox(): void;
  /** Calls AWS by a profile, as the AWS SDK for JavaScript and, where it is, as the `aws` command. @returns the caller's ARN. */
  callAws(profile: string): Promise<string>;
  /** Has something done at the end, before what runs is stopped. */
  atEnd(ending: () => unknown): void;
}

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Settings of the machine that must not reach the demo. */
const FOREIGN = /^(AWS_|BREVET_|XDG_|CI$|BROWSER$|NODE_EXTRA_CA_CERTS$|.*_proxy$)/i;

/** Plays a demo, and clears the stage after it, however it ends. */
export async function playOnStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-demo-"));
  const background: ChildProcess[] = [];
  const endings: (() => unknown)[] = [];
  try {
    await play(setStage(folder, background, endings));
  } finally {
    for (const end of endings.reverse()) await end();
    for (const child of background) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function setStage(folder: string, background: ChildProcess[], endings: (() => unknown)[]): Stage {
  const program = installProgram(folder);
  const environment: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))),
    HOME: folder,
    USERPROFILE: folder,
    // The advice of the SDK and of the provider to move to a newer Node is not part of the story.
    NODE_NO_WARNINGS: "1",
    PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter),
  };
  const say: Stage["say"] = (line) => console.log(`\n${styleText("dim", `# ${line}`)}`);
  const show = (line: string): void => console.log(styleText("cyan", `$ ${line}`));
  let logs = "";
  const showLogs = (): void => {
    process.stderr.write(logs);
    logs = "";
  };
  const perform = async (line: string, more: NodeJS.ProcessEnv, answer: "inherit" | "pipe"): Promise<string> => {
    const prefix = Object.entries(more).map(([name, value]) => `${name}=${value} `);
    show(`${prefix.join("")}${line}`);
    const env = { ...environment, ...more };
    // Not by spawnSync: this process serves what the command may need meanwhile, a browser or a name.
    const child = spawn(line, { cwd: folder, env, shell: true, stdio: ["ignore", answer, "inherit"] });
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      process.stdout.write(chunk);
    });
    const status = await new Promise<number | null>((ended) => child.once("close", ended));
    showLogs();
    if (status !== 0) throw new Error(`\`${line}\` ended with ${status}`);
    return stdout;
  };
  const run: Stage["run"] = async (line) => void (await perform(line, {}, "inherit"));
  const ask: Stage["ask"] = (line) =>
    JSON.parse(spawnSync(line, { cwd: folder, env: environment, shell: true, encoding: "utf8" }).stdout);
  const start: Stage["start"] = (line) => {
    show(`${line} &`);
    const [command = "", ...args] = line.split(" ");
    const child = spawn(join(folder, "bin", command), args, {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    background.push(child);
    return child;
  };
  return {
    folder,
    program: shellWord(program),
    environment,
    say,
    run,
    ask,
    start,
    async startUntil(line, readyFile) {
      const child = start(line);
      child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
        logs += chunk;
      });
      const deadline = Date.now() + 120_000;
      while (!existsSync(join(folder, readyFile))) {
        if (child.exitCode !== null || Date.now() > deadline) throw new Error(`\`${line}\` did not become ready: ${logs}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      showLogs();
    },
    useSandbox() {
      show('eval "$(brevet sandbox env)"');
      Object.assign(environment, ask("brevet sandbox env --shell json"));
    },
    async callAws(profile) {
      say("a real AWS client reads the profile: the AWS SDK for JavaScript");
      const arn = await perform(
        `node ${shellWord(join(project, "scripts/demo/caller-identity.mjs"))}`,
        { AWS_PROFILE: profile },
        "pipe",
      );
      if (commandExists("aws", environment)) {
        say("and the aws command");
        // An aws as old as Debian's reads no variable that names the endpoint.
        await run(`aws sts get-caller-identity --profile ${profile} --endpoint-url ${environment["AWS_ENDPOINT_URL_STS"]}`);
      }
      return arn.trim();
    },
    atEnd: (ending) => void endings.push(ending),
  };
}

/** A path as people type it who keep their clones in folders with spaces. */
function shellWord(path: string): string {
  return process.platform === "win32" ? `"${path}"` : posixWord(path);
}

/** Builds what is run, so that a demo never shows yesterday's program. @returns the file that was built. */
function installProgram(folder: string): string {
  const program = join(project, "dist", "brevet.cjs");
  const build = spawnSync("npm run --silent build", { cwd: project, stdio: "inherit", shell: true });
  if (build.status !== 0) throw new Error("the build failed");
  mkdirSync(join(folder, "bin"));
  symlinkSync(program, join(folder, "bin", "brevet"));
  return program;
}

function commandExists(name: string, environment: NodeJS.ProcessEnv): boolean {
  return spawnSync(name, ["--version"], { env: environment, shell: process.platform === "win32" }).status === 0;
}
