import { Fault } from "../../core/fault.ts";
import type { Environment } from "../paths.ts";
import { systemErrorCode } from "../system-error.ts";
import type { PipedProcess, ProcessEnd } from "./piped/engine.ts";
import { startProcess } from "./piped/start-process.ts";

/** How an external signer is run. */
export interface ProgramSettings {
  readonly command: readonly [string, ...string[]];
  /** The whole environment of the program. */
  readonly environment: Environment;
  readonly deadlineSeconds: number;
  /** What to do about a program that is not there, or fails. */
  readonly hints?: readonly string[];
}

/** What a well-formed answer never comes near to: an RSA-8192 signature is 1.4 kB of base64. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Runs a program without a shell, gives it one line and returns what it wrote. Its stderr is ours, so that it can tell a
 * person to touch a key. It stays in our session, so that it can ask for a PIN on the terminal.
 *
 * @throws {Fault} `SIGNER_ABSENT` when there is no such program; `SIGNER_FAILED` when it ends with another status than 0,
 * writes more than 64 kB, or has not ended well and closed its output by the deadline. It is then killed, with what it started.
 */
export async function runProgram(settings: ProgramSettings, input: string): Promise<string> {
  const { command, environment } = settings;
  const heard: Heard = { answer: "", bytes: 0, tooMuch: () => undefined };
  const child = await startProcess({
    command,
    environment,
    onOutput(text) {
      heard.bytes += Buffer.byteLength(text);
      if (heard.bytes > MAX_ANSWER_BYTES) heard.tooMuch();
      else heard.answer += text;
    },
    onErrorOutput: "inherit",
  });
  try {
    const status = await statusOf(child, heard, input, settings);
    if (status !== 0) {
      throw failed(settings, `ended with ${statusText(status)}`, { status });
    }
    return heard.answer;
  } finally {
    if (child.pid() !== null) {
      const { killTree } = await import("./kill-tree.ts");
      // It may have ended meanwhile, and its number be another's.
      const pid = child.pid();
      if (pid !== null) killTree(pid);
    }
    // Those that it left behind may hold its output open; nobody waits for them.
    child.letGo();
  }
}

interface Heard {
  answer: string;
  bytes: number;
  tooMuch: () => void;
}

/** The exit status, or the name of the signal that ended it. */
async function statusOf(child: PipedProcess, heard: Heard, input: string, settings: ProgramSettings): Promise<number | string> {
  const { deadlineSeconds } = settings;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      heard.tooMuch = () => reject(failed(settings, "answered more than 64 kB"));
      // It may have written all of it before it was sent anything.
      if (heard.bytes > MAX_ANSWER_BYTES) heard.tooMuch();
      const late = (): void => reject(failed(settings, `did not answer within ${deadlineSeconds} seconds`));
      timer = setTimeout(late, deadlineSeconds * 1000);
      const told = ({ status, signal }: ProcessEnd): void => resolve(status ?? signal ?? "no status");
      // What it wrote does not count any more when it failed: who waited for that would wait for what it left behind.
      child.exited.then(
        (end) => void (end.status !== 0 && told(end)),
        (cause: unknown) => reject(notStarted(settings, cause)),
      );
      child.ended.then(told, () => undefined);
      child.send(input);
    });
  } finally {
    clearTimeout(timer);
  }
}

function failed({ command: [program], hints = [] }: ProgramSettings, what: string, details: Fault["details"] = {}): Fault {
  return new Fault("SIGNER_FAILED", `the signer ${program} ${what}`, {
    hints: ["if it wrote something to stderr, it is above", ...hints],
    details,
  });
}

function statusText(status: number | string): string {
  return typeof status === "number" ? `status ${status}` : `signal ${status}`;
}

function notStarted({ command: [program], hints = [] }: ProgramSettings, cause: unknown): Fault {
  const code = systemErrorCode(cause);
  const reason = code === "ENOENT" ? "is not on this machine" : `cannot be started (${code || String(cause)})`;
  return new Fault("SIGNER_ABSENT", `the signer ${program} ${reason}`, {
    hints,
    cause,
    details: { command: program, reason: code },
  });
}
