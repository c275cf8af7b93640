import { spawn } from "node:child_process";
import type { ProcessEnd, ProcessEngine } from "./engine.ts";

/** The engine on `node:child_process`. */
export const nodeProcess: ProcessEngine = ({ command: [program, ...args], environment, onOutput, onErrorOutput }) => {
  const child = spawn(program, args, { env: { ...environment }, stdio: ["pipe", "pipe", "pipe"], windowsHide: true });
  child.stdout.setEncoding("utf8").on("data", onOutput);
  child.stderr.setEncoding("utf8").on("data", onErrorOutput);
  const ended = new Promise<ProcessEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal }));
  });
  // Who waits for the end is told; nobody may.
  ended.catch(() => undefined);
  return {
    send: (text) => void child.stdin.on("error", () => undefined).end(text),
    ended,
    kill: () => void child.kill("SIGKILL"),
    letGo() {
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    },
  };
};
