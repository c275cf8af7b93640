import { openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { spinner as clackSpinner, confirm, isCancel, password, select, text } from "@clack/prompts";
import { Fault } from "../../core/fault.ts";
import type { Choice, Progress } from "../../core/terminal.ts";

/** The questions of the Terminal port, asked on the controlling terminal whatever stdin and stdout are. */
export function controllingTerminalPrompts(hasPerson: boolean) {
  const asking = async <T>(question: string, ask: (streams: Streams) => Promise<T | symbol>): Promise<T> => {
    if (!hasPerson) {
      throw new Fault("PERSON_ABSENT", `nobody is there to answer: ${question}`, {
        hints: ["run it in a terminal, or give the answer as a flag"],
      });
    }
    const streams = openTerminal();
    try {
      const answer = await ask(streams);
      if (isCancel(answer)) throw new Fault("INTERRUPTED", `cancelled at the question: ${question}`);
      return answer as T;
    } finally {
      streams.input.destroy();
      streams.output.destroy();
    }
  };
  return {
    confirm: (question: string) => asking<boolean>(question, (streams) => confirm({ message: question, ...streams })),
    ask: (question: string, suggestion?: string) =>
      asking<string>(question, (streams) =>
        text({
          message: question,
          ...(suggestion === undefined ? {} : { defaultValue: suggestion, placeholder: suggestion }),
          ...streams,
        }),
      ),
    askSecret: (question: string) => asking<string>(question, (streams) => password({ message: question, ...streams })),
    async pick<T>(question: string, choices: readonly Choice<T>[]): Promise<T> {
      const options = choices.map(({ label, hint }, index) => ({ value: index, label, ...(hint === undefined ? {} : { hint }) }));
      const index = await asking<number>(question, (streams) => select({ message: question, options, ...streams }));
      const chosen = choices[index];
      if (chosen === undefined) throw new Fault("INTERNAL", `the picker answered ${index} of ${choices.length}`);
      return chosen.value;
    },
  };
}

/** A spinner on stderr. */
export function spinner(label: string): Progress {
  const shown = clackSpinner({ output: process.stderr, withGuide: false });
  shown.start(label);
  return {
    update: (line) => shown.message(line),
    done: (line) => shown.stop(line),
    failed: (line) => shown.error(line),
  };
}

interface Streams {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

function openTerminal(): Streams {
  const [input, output] = process.platform === "win32" ? ["\\\\.\\CONIN$", "\\\\.\\CONOUT$"] : ["/dev/tty", "/dev/tty"];
  return { input: new ReadStream(openSync(input, "r")), output: new WriteStream(openSync(output, "w")) };
}
