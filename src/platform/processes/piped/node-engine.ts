import { type ChildProcess, spawn } from "node:child_process";
import type { PipedProgram, ProcessEnd, ProcessEngine } from "./engine.ts";
import { neverStarted } from "./never-started.ts";

/** The engine on `node:child_process`. */
export const nodeProcess: ProcessEngine = (program) => {
  let child: ChildProcess;
  try {
    child = start(program);
  } catch (cause) {
    // Node throws some errors of the system (E2BIG) and emits others.
    return neverStarted(cause);
  }
  const endOf = (event: "exit" | "close"): Promise<ProcessEnd> => {
    const end = new Promise<ProcessEnd>((resolve, reject) => {
      child.once("error", reject);
      child.once(event, (status, signal) => resolve({ status, signal }));
    });
    // Whoever waits for the end gets it; nobody may be waiting.
    end.catch(() => undefined);
    return end;
  };
  return {
    send: (text) => void child.stdin?.on("error", () => undefined).end(text),
    exited: endOf("exit"),
    ended: endOf("close"),
    kill: () => void child.kill("SIGKILL"),
    pid: () => (child.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null),
    letGo() {
      for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
      child.unref();
    },
  };
};

function start({ command: [program, ...args], environment, onOutput, onErrorOutput }: PipedProgram): ChildProcess {
  const errorOutput = onErrorOutput === "inherit" ? "inherit" : "pipe";
  const child = spawn(program, args, { env: { ...environment }, stdio: ["pipe", "pipe", errorOutput], windowsHide: true });
  // Node makes no pipes when there are too many open files.
  child.stdout?.setEncoding("utf8").on("data", onOutput);
  if (onErrorOutput !== "inherit") child.stderr?.setEncoding("utf8").on("data", onErrorOutput);
  return child;
}
