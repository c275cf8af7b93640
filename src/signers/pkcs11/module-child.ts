import { Fault } from "../../core/fault.ts";
import type { Environment } from "../../platform/paths.ts";
import type { PipedProcess, ProcessEnd } from "../../platform/processes/piped/engine.ts";
import { startProcess } from "../../platform/processes/piped/start-process.ts";
import { holdsModuleAnswer, type ModuleAnswers, type ModuleRequest, tryModule } from "./module-request.ts";

/** How the process that loads modules is started. */
export interface ModuleProcessSettings {
  /** brevet itself with the words of its hidden command. */
  readonly program: readonly [string, ...string[]];
  readonly environment: Environment;
  /** How long a module may take; a touch of a key counts. */
  readonly deadlineSeconds: number;
}

/** After this a person wonders. */
const WAITING_SECONDS = 2;

/** How long a module may take to shut down after it answered. */
const FAREWELL_SECONDS = 2;

const MAX_OUTPUT_BYTES = 256 * 1024;

type AnswerOf<Request extends ModuleRequest> = ModuleAnswers[Request["work"]["task"]];

/** A process that loads a module and does one thing. */
export interface ModuleProcess {
  /** Ends the process without asking it anything. */
  dismiss(): void;
  /**
   * What the module answers; asked once.
   *
   * @param waiting told once when the module takes so long that somebody may have to do something.
   * @throws {Fault} what that process answered; `SIGNER_FAILED` when the module crashed it or did not answer by the deadline.
   */
  ask<Request extends ModuleRequest>(request: Request, waiting: () => void): Promise<AnswerOf<Request>>;
}

/** Starts it, before it is known what it will be asked. */
export async function startModule(settings: ModuleProcessSettings): Promise<ModuleProcess> {
  const heard: Heard = { output: "", lastWords: "", onOutput: () => undefined };
  const child = await startProcess({
    command: settings.program,
    environment: moduleEnvironment(settings.environment),
    onOutput(text) {
      heard.output += text;
      heard.onOutput();
    },
    // What modules say to stderr is for their makers, and a crash of the executable fills a screen: one line of it, if any.
    onErrorOutput(text) {
      heard.lastWords = (heard.lastWords + text).slice(-4096);
    },
  });
  return {
    dismiss() {
      child.kill();
      child.letGo();
    },
    async ask(request, waiting) {
      // Loaded while the module works.
      const reading = import("./module-answer.ts");
      const output = await outputFor(request, { child, heard, waiting, deadlineSeconds: settings.deadlineSeconds });
      const { parseModuleAnswer } = await reading;
      const answer = parseModuleAnswer<(typeof request)["work"]["task"]>(output, request.work.task);
      if (answer !== null) return answer;
      throw new Fault("SIGNER_FAILED", `the module ${request.module} answered nothing that can be read`, {
        hints: [tryModule(request.module)],
      });
    },
  };
}

interface Heard {
  output: string;
  lastWords: string;
  onOutput: () => void;
}

interface Conversation {
  readonly child: PipedProcess;
  readonly heard: Heard;
  readonly waiting: () => void;
  readonly deadlineSeconds: number;
}

/** An answer counts as soon as it is there: a module that crashes or hangs when it is shut down takes nothing back. */
async function outputFor(request: ModuleRequest, { child, heard, waiting, deadlineSeconds }: Conversation): Promise<string> {
  const timers: NodeJS.Timeout[] = [];
  const after = (seconds: number, work: () => void): void => void timers.push(setTimeout(work, seconds * 1000));
  try {
    after(WAITING_SECONDS, waiting);
    const output = await new Promise<string>((resolve, reject) => {
      const failed = (what: string, cause?: unknown): void =>
        reject(new Fault("SIGNER_FAILED", `the module ${request.module} ${what}`, { hints: [tryModule(request.module)], cause }));
      heard.onOutput = () => {
        if (holdsModuleAnswer(heard.output)) resolve(heard.output);
        else if (heard.output.length > MAX_OUTPUT_BYTES) failed("wrote too much");
      };
      child.ended.then(
        (end) => failed(endText(end, heard.lastWords)),
        (cause: unknown) => failed("could not be given a process", cause),
      );
      after(deadlineSeconds, () => failed(`did not answer within ${deadlineSeconds} seconds`));
      child.send(JSON.stringify(request));
    });
    letShutDown(child);
    return output;
  } catch (cause) {
    child.kill();
    throw cause;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    child.letGo();
  }
}

function endText({ status, signal }: ProcessEnd, lastWords: string): string {
  return signal === null ? `ended its process with status ${status}${lastLine(lastWords)}` : `crashed (${signal})`;
}

/**
 * Lets the process shut its module down while we go on: that takes as long as the signature did. It has logged out already, so
 * that nothing is lost when it has to be ended: after a time, or when we end.
 */
function letShutDown(child: PipedProcess): void {
  const end = (): void => child.kill();
  const timer = setTimeout(end, FAREWELL_SECONDS * 1000);
  timer.unref();
  process.once("exit", end);
  void child.ended.then(() => {
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

/** A process that answers once ends before the executable's compilers, and its thread that prepares memory, have paid for themselves. */
const FOR_ONE_ANSWER = { BUN_JSC_useJIT: "0", BUN_JSC_useWarmUpMarkedBlocks: "0" };

/** Modules read variables of their own. The certificates are for HTTPS, which no module speaks, and Node reads them at start. */
function moduleEnvironment(environment: Environment): Environment {
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = environment;
  return { ...rest, ...FOR_ONE_ANSWER };
}
