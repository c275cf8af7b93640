import { closeSync, openSync } from "node:fs";
import type { Fault } from "../../core/fault.ts";
import type { Cell, Choice, Progress, Terminal } from "../../core/terminal.ts";
import { visible } from "../../core/visible.ts";
import type { Environment } from "../paths.ts";
import { writeLog } from "../write-all.ts";
import { paint } from "./paint.ts";
import { terminalWidth } from "./width.ts";
import { hang } from "./wrap.ts";

/*
 * The rules of everything that a person reads here:
 * - stdout is the machine's. A question goes to the controlling terminal; all the rest goes to stderr.
 * - A line on stderr begins with `brevet: `, is in lower case and has no full stop at its end.
 * - `error:` comes once, as the last but the hints; `hint:` is something to type; `warning:` means that it went on.
 * - What brevet quotes may come from anywhere: characters that steer a terminal are shown, not obeyed.
 * - Colour only where a terminal shows it and NO_COLOR is not set; it never carries a meaning alone. One that is called dumb is not steered.
 */

/** What a line of ours begins with; one that is too long for a terminal goes on below its own words. */
const NAME = "brevet: ";

type Stream = "stdout" | "stderr";
type Tone = NonNullable<Cell["tone"]>;

/** Variables by which CI systems say that nobody sits there. */
const CI_VARIABLES = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION"];

/** The terminal of this process. It costs nothing until something is said or asked. */
export function systemTerminal(environment: Environment): Terminal {
  const steers = (stream: Stream): boolean => isTerminal(stream) && environment["TERM"] !== "dumb";
  const colours = (stream: Stream): boolean => steers(stream) && !environment["NO_COLOR"];
  let silent = false;
  const write = (text: string, mark = "", tone: Tone = "strong"): void => {
    if (silent) return;
    const width = terminalWidth("stderr", environment);
    const words = mark + visible(text);
    const lines = width === null ? words : hang(words, NAME.length, width);
    writeLog(`${NAME}${mark !== "" && colours("stderr") ? paint(mark, tone) : mark}${lines.slice(mark.length)}\n`);
  };
  const line = (text: string): void => write(text);
  let person: boolean | null = null;
  const questions = async () => (await import("./prompts.ts")).controllingTerminalPrompts(terminal.hasPerson);
  const terminal: Terminal = {
    get hasPerson() {
      person ??= !CI_VARIABLES.some((name) => environment[name]) && controllingTerminalOpens();
      return person;
    },
    silence() {
      silent = true;
    },
    say: line,
    warn: (text) => write(` ${text}`, "warning:", "warn"),
    fault(fault: Fault) {
      write(` ${fault.message.replaceAll("\n", "\\n")} (${fault.code})`, "error:", "bad");
      for (const hint of fault.hints) write(` ${hint}`, "hint:");
    },
    async tables(tables, on = "stdout") {
      const { renderTables } = await import("./table.ts");
      return renderTables(tables, { paint: colours(on) ? paint : null, width: terminalWidth(on, environment) });
    },
    table: async (header, rows, on) => (await terminal.tables([{ header, rows }], on)).join(""),
    async progress(text): Promise<Progress> {
      if (silent || !steers("stderr")) {
        return loggedProgress(text, line);
      }
      const { spinner } = await import("./prompts.ts");
      return spinner(text);
    },
    confirm: async (question, preselected) => (await questions()).confirm(question, preselected),
    ask: async (question, suggestion) => (await questions()).ask(question, suggestion),
    askSecret: async (question) => (await questions()).askSecret(question),
    pick: async <T>(question: string, choices: readonly Choice<T>[]) => (await questions()).pick(question, choices),
    async showQrCode(url) {
      const { renderUnicodeCompact } = await import("uqr");
      writeLog(`${renderUnicodeCompact(url)}\n${visible(url)}\n`);
    },
  };
  return terminal;
}

/** A log is no place for a spinner, and one that says nothing for minutes looks as if it hung. */
const LOGGED_UPDATE_MS = 30_000;

function loggedProgress(text: string, line: (text: string) => void): Progress {
  let said = { text, atMs: performance.now() };
  const say = (next: string): void => {
    if (next !== said.text) line(next);
    said = { text: next, atMs: performance.now() };
  };
  line(text);
  return {
    update: (next) => {
      if (performance.now() - said.atMs >= LOGGED_UPDATE_MS) say(next);
    },
    // Once is enough of what came to its end at once; after other news it is said what has ended.
    done: (next) => say(next === text && said.text !== text ? `${next}: done` : next),
    failed: say,
  };
}

function controllingTerminalOpens(): boolean {
  try {
    closeSync(openSync(process.platform === "win32" ? "\\\\.\\CONIN$" : "/dev/tty", "r+"));
    return true;
  } catch {
    return false;
  }
}

function isTerminal(stream: Stream): boolean {
  return process[stream].isTTY === true;
}
