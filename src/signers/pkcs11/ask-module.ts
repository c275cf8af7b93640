import { type ChildProcess, spawn } from "node:child_process";
import { Fault } from "../../core/fault.ts";
import type { Environment } from "../../platform/paths.ts";
import { holdsModuleAnswer, parseModuleAnswer } from "./module-answer.ts";
import type { ModuleAnswers, ModuleRequest } from "./module-request.ts";

/** How the process that loads modules is started. */
export interface ModuleProcessSettings {
  /** brevet itself with the words of its hidden command. */
  readonly program: readonly [string, ...string[]];
  readonly environment: Environment;
  /** How long a module may take; a touch of a key counts. */
  readonly deadlineSeconds: number;
  /** Told once when the module takes so long that somebody may have to do something. */
  readonly waiting: () => void;
}

/** After this a person wonders. */
const WAITING_SECONDS = 2;

/** How long a module may take to shut down after it answered. */
const FAREWELL_SECONDS = 2;

const MAX_OUTPUT_BYTES = 256 * 1024;

type AnswerOf<Request extends ModuleRequest> = ModuleAnswers[Request["work"]["task"]];

/**
 * Has a process of its own load the module and do one thing.
 *
 * @throws {Fault} what that process answered; `SIGNER_FAILED` when the module crashed it or did not answer by the deadline.
 */
export async function askModule<Request extends ModuleRequest>(
  request: Request,
  settings: ModuleProcessSettings,
): Promise<AnswerOf<Request>> {
  const [program, ...args] = settings.program;
  const child = spawn(program, args, {
    env: moduleEnvironment(settings.environment),
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const timers: NodeJS.Timeout[] = [];
  const after = (seconds: number, work: () => void): void => void timers.push(setTimeout(work, seconds * 1000));
  try {
    after(WAITING_SECONDS, settings.waiting);
    const output = await new Promise<string>((resolve, reject) => {
      const failed = (what: string, cause?: unknown): void =>
        reject(new Fault("SIGNER_FAILED", `the module ${request.module} ${what}`, cause === undefined ? {} : { cause }));
      child.once("error", (cause) => failed("could not be given a process", cause));
      after(settings.deadlineSeconds, () => failed(`did not answer within ${settings.deadlineSeconds} seconds`));
      collectOutput(child, resolve, failed);
      child.stdin?.on("error", () => undefined).end(JSON.stringify(request));
    });
    letShutDown(child);
    const answer = parseModuleAnswer<Request["work"]["task"]>(output, request.work.task);
    if (answer === null) throw new Fault("SIGNER_FAILED", `the module ${request.module} answered nothing that can be read`);
    return answer;
  } catch (cause) {
    if (!shuttingDown.has(child)) child.kill("SIGKILL");
    throw cause;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

/** An answer counts as soon as it is there: a module that crashes or hangs when it is shut down takes nothing back. */
function collectOutput(child: ChildProcess, complete: (text: string) => void, failed: (what: string) => void): void {
  let text = "";
  let said = "";
  // What modules say to stderr is for their makers, and a crash of the executable fills a screen: one line of it, if any.
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    said = (said + chunk).slice(-4096);
  });
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    if (holdsModuleAnswer(text)) complete(text);
    else if (text.length > MAX_OUTPUT_BYTES) failed("wrote too much");
  });
  child.once("close", (status, signal) => {
    failed(signal === null ? `ended its process with status ${status}${lastLine(said)}` : `crashed (${signal})`);
  });
}

const shuttingDown = new WeakSet<ChildProcess>();

/**
 * Lets the process shut its module down while we go on: that takes as long as the signature did. It has logged out already, so
 * that nothing is lost when it has to be ended: after a time, or when we end.
 */
function letShutDown(child: ChildProcess): void {
  shuttingDown.add(child);
  const end = (): void => void child.kill("SIGKILL");
  const timer = setTimeout(end, FAREWELL_SECONDS * 1000);
  timer.unref();
  child.unref();
  process.once("exit", end);
  child.once("exit", () => {
    clearTimeout(timer);
    process.off("exit", end);
  });
}

function lastLine(text: string): string {
  const line =
    text
      .trimEnd()
      .split("\n")
      .at(-1)
      ?.replace(/[\p{C}\s]+/gu, " ")
      .trim() ?? "";
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}

/** Modules read variables of their own. The certificates are for HTTPS, which no module speaks, and Node reads them at start. */
function moduleEnvironment(environment: Environment): Record<string, string | undefined> {
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = environment;
  return rest;
}
