import { openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { autocomplete, confirm, isCancel, password, select, text } from "@clack/prompts";
import { Fault } from "../../core/fault.ts";
import type { Choice } from "../../core/terminal.ts";
import { visible } from "../../core/visible.ts";
import { streamableTerminal } from "./streamable-terminal.ts";

const LONG_LIST = 7;

/** The questions of the Terminal port, asked on the controlling terminal whatever stdin and stdout are. */
export function controllingTerminalPrompts(hasPerson: boolean) {
  // One for all questions: a second one, opened after the first was closed, hears nothing in Bun.
  const asking = async <T>(
    question: string,
    ask: (streams: Streams) => Promise<T | symbol>,
    instead: string | null = "give the answer as a flag",
  ): Promise<T> => {
    if (!hasPerson) {
      throw new Fault("PERSON_ABSENT", `nobody is there to answer: ${question}`, {
        hints: [instead === null ? "run it in a terminal" : `run it in a terminal, or ${instead}`],
      });
    }
    terminal ??= openTerminal();
    const { input } = terminal;
    input.ref();
    try {
      const answer = await ask(terminal);
      if (isCancel(answer)) throw new Fault("INTERRUPTED", `cancelled at the question: ${question}`);
      return answer as T;
    } finally {
      // Between questions it takes no input from other readers of the terminal, and lets the program end.
      input.pause();
      input.unref();
    }
  };
  return {
    confirm: (question: string, preselected: "yes" | "no") =>
      asking<boolean>(
        question,
        (streams) => confirm({ message: visible(question), initialValue: preselected === "yes", ...streams }),
        "answer by `--yes`",
      ),
    ask: (question: string, suggestion?: string) =>
      asking<string>(question, (streams) =>
        text({
          message: visible(question),
          ...(suggestion === undefined ? {} : { defaultValue: suggestion, placeholder: suggestion }),
          ...streams,
        }),
      ),
    // A secret has no place among the arguments.
    askSecret: (question: string) =>
      asking<string>(question, (streams) => password({ message: visible(question), ...streams }), null),
    async pick<T>(question: string, choices: readonly Choice<T>[]): Promise<T> {
      const options = choices.map(({ label, hint }, index) => ({
        value: index,
        label: visible(label),
        ...(hint === undefined ? {} : { hint: visible(hint) }),
      }));
      // A long list is narrowed by typing.
      const prompt = options.length > LONG_LIST ? autocomplete : select;
      const index = await asking<number>(question, (streams) => prompt({ message: visible(question), options, ...streams }));
      const chosen = choices[index];
      if (chosen === undefined) throw new Fault("INTERNAL", `the picker answered ${index} of ${choices.length}`);
      return chosen.value;
    },
  };
}

let terminal: Streams | null = null;

interface Streams {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

function openTerminal(): Streams {
  const given = givenConsole();
  if (given !== null) return given;
  const { input, output } = streamableTerminal();
  // To be read and written, both: Windows asks for either before it tells a size, and takes a mode.
  return { input: new ReadStream(openSync(input, "r+")), output: sized(new WriteStream(openSync(output, "r+"))) };
}

/** On Windows, Bun has the modes of a console that it was given at its hand, and not always of one that it opens (oven-sh/bun #32153). */
function givenConsole(): Streams | null {
  if (process.platform !== "win32" || process.versions["bun"] === undefined) return null;
  const { stdin, stderr } = process;
  return stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : null;
}

/** A terminal that nobody gave a size says 0, and would be shown a letter a line. */
function sized(terminal: WriteStream): WriteStream {
  terminal.columns ||= 80;
  terminal.rows ||= 24;
  return terminal;
}
