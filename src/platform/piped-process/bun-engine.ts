import type { PipedProcess, PipedProgram, ProcessEnd, ProcessEngine } from "./engine.ts";

/** What is used of Bun's own processes. */
interface BunProcess {
  readonly stdin: { write(text: string): unknown; end(): unknown };
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<number>;
  readonly signalCode: string | null;
  kill(signal: string): void;
  unref(): void;
}
declare const Bun: { spawn(command: readonly string[], options: object): BunProcess };

/** The engine on `Bun.spawn`: in the executable it starts a process in 0.4 ms, `node:child_process` in 9. */
export const bunProcess: ProcessEngine = (program) => {
  try {
    return start(program);
  } catch (cause) {
    const ended = Promise.reject<ProcessEnd>(cause);
    // Who waits for the end is told; nobody may.
    ended.catch(() => undefined);
    return { send: () => undefined, ended, kill: () => undefined, letGo: () => undefined };
  }
};

async function hear(reader: ReadableStreamDefaultReader<Uint8Array>, listener: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    listener(decoder.decode(value, { stream: true }));
  }
}

async function give({ stdin }: BunProcess, text: string): Promise<void> {
  await stdin.write(text);
  await stdin.end();
}

function start({ command, environment, onOutput, onErrorOutput }: PipedProgram): PipedProcess {
  const pipes = { stdin: "pipe", stdout: "pipe", stderr: "pipe" };
  const child = Bun.spawn(command, { ...pipes, env: environment, windowsHide: true });
  const readers = [child.stdout.getReader(), child.stderr.getReader()] as const;
  const heard = [hear(readers[0], onOutput), hear(readers[1], onErrorOutput)];
  return {
    send(text) {
      // Fails, now or later, when the program has gone without reading it.
      give(child, text).catch(() => undefined);
    },
    ended: Promise.all([child.exited, ...heard]).then(([status]) => {
      const signal = child.signalCode;
      return { status: signal === null ? status : null, signal };
    }),
    kill: () => child.kill("SIGKILL"),
    letGo() {
      for (const reader of readers) reader.cancel().catch(() => undefined);
      child.unref();
    },
  };
}
