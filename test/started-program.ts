import { spawn } from "node:child_process";

/** A server that a test started. */
export interface StartedProgram {
  /** What its output said that the pattern was to find. */
  readonly found: string;
  stop(): Promise<void>;
}

/**
 * Starts a server and waits until what it prints holds `pattern`, whose first group is the answer.
 *
 * @param environment default: this process's own.
 */
export async function startProgram(
  program: string,
  args: readonly string[],
  pattern: RegExp,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<StartedProgram> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: environment });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let output = "";
  const found = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const match = pattern.exec(output);
      if (match !== null) resolve(match[1] ?? "");
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (status) => reject(new Error(`${program} ended with ${status}: ${output}`)));
  });
  return {
    found,
    stop: () => {
      child.kill();
      return ended;
    },
  };
}
