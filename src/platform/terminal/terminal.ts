import type { Fault } from "../../core/fault.ts";
import type { Cell, Choice, Progress, Terminal } from "../../core/terminal.ts";
import { visibleLine } from "../../core/visible.ts";
import type { Environment } from "../paths.ts";
import { writeLog } from "../write-all.ts";
import { controllingTerminalOpens, writeToPerson } from "./controlling-terminal.ts";
import { isTerminal, type OutputStream } from "./is-terminal.ts";
import { paint } from "./paint.ts";
import type { controllingTerminalPrompts } from "./prompts.ts";
import type { RunningLine } from "./running-line.ts";
import { terminalWidth } from "./width.ts";
import { hang } from "./wrap.ts";

/*
 * The rules of everything that a person reads here:
 * - stdout is the machine's. A question goes to the controlling terminal; all the rest goes to stderr, and what a person has to do
 *   also to the controlling terminal, if stderr is not a terminal: tools keep what a helper says there until it has ended.
 * - A line on stderr begins with `brevet: `, is in lower case and has no full stop at its end.
 * - `error:` comes once, as the last but the hints; `hint:` is something to type; `warning:` means that it went on.
 * - What brevet quotes may come from anywhere: characters that steer a terminal are shown, not obeyed, and lines are brevet's own.
 * - Colour only where a terminal shows it and NO_COLOR is not set; it never carries a meaning alone. One that is called dumb is not steered.
 */

/** What a line of brevet's begins with; one that is too long for the terminal continues below its own words. */
const NAME = "brevet: ";

type Tone = NonNullable<Cell["tone"]>;
type Prompts = ReturnType<typeof controllingTerminalPrompts>;

/** Variables by which CI systems say that nobody sits there. */
const CI_VARIABLES = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION"];

/** The terminal of this process. It costs nothing until something is said or asked. */
export function systemTerminal(environment: Environment): Terminal {
  const steers = (stream: OutputStream): boolean => isTerminal(stream) && environment["TERM"] !== "dumb";
  const colours = (stream: OutputStream): boolean => steers(stream) && !environment["NO_COLOR"];
  let silent = false;
  let running: RunningLine | null = null;
  const print = (lines: string): void => (running === null ? writeLog(lines) : running.above(lines));
  const painted = (text: string, tone: Tone): string => (text !== "" && colours("stderr") ? paint(text, tone) : text);
  const textWidth = () => terminalWidth("stderr", environment);
  const write = (text: string, mark = "", tone: Tone = "strong"): void => {
    if (silent) return;
    const width = textWidth();
    const words = mark + visibleLine(text);
    const lines = width === null ? words : hang(words, NAME.length, width);
    print(`${NAME}${painted(mark, tone)}${lines.slice(mark.length)}\n`);
  };
  const line = (text: string): void => write(text);
  const isRead = (): boolean => isTerminal("stderr") && !silent;
  const warned = new Set<string>();
  let person: boolean | null = null;
  const asked = async <T>(ask: (prompts: Prompts) => Promise<T>): Promise<T> => {
    const prompts = (await import("./prompts.ts")).controllingTerminalPrompts(terminal.hasPerson);
    return running === null ? ask(prompts) : running.aside(() => ask(prompts));
  };
  const terminal: Terminal = {
    get hasPerson() {
      person ??= !CI_VARIABLES.some((name) => environment[name]) && controllingTerminalOpens();
      return person;
    },
    get isSeen() {
      return isTerminal("stderr");
    },
    silence() {
      silent = true;
    },
    say: line,
    instruct(text) {
      line(text);
      if (!isRead() && terminal.hasPerson) writeToPerson(`${NAME}${visibleLine(text)}\n`);
    },
    warn(text) {
      // What many profiles have in common would be said for each of them.
      if (!warned.has(text)) write(` ${text}`, "warning:", "warn");
      warned.add(text);
    },
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
      const { runningLine } = await import("./running-line.ts");
      running ??= runningLine({ write: writeLog, columns: () => process.stderr.columns || null, textWidth, paint: painted });
      return running.begin(text);
    },
    confirm: (question, preselected) => asked((prompts) => prompts.confirm(question, preselected)),
    ask: (question, suggestion) => asked((prompts) => prompts.ask(question, suggestion)),
    askSecret: (question) => asked((prompts) => prompts.askSecret(question)),
    pick: <T>(question: string, choices: readonly Choice<T>[]) => asked((prompts) => prompts.pick(question, choices)),
    async showQrCode(url) {
      const { renderUnicodeCompact } = await import("uqr");
      const code = `${renderUnicodeCompact(url, { border: QUIET_ZONE })}\n${visibleLine(url)}\n`;
      if (isRead()) print(code);
      else if (terminal.hasPerson) writeToPerson(code);
    },
  };
  return terminal;
}

/** How many modules around a QR code stay light, or readers do not find it (ISO/IEC 18004 §6.3.8). */
const QUIET_ZONE = 4;

/** A log shows no spinner, and one that says nothing for minutes looks as if the program hung. */
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
    // One line is enough for work that ended at once; after other lines the end is told too.
    done: (next) => say(next === text && said.text !== text ? `${next}: done` : next),
    failed: say,
  };
}
