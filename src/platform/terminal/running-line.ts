import { S_STEP_ERROR, S_STEP_SUBMIT, unicode } from "@clack/prompts";
import widthUpTo from "fast-string-truncated-width";
import type { Cell, Progress } from "../../core/terminal.ts";
import { visibleLine } from "../../core/visible.ts";
import { hang } from "./wrap.ts";

/** ECMA-48: to the first column of the line, and everything on it erased. */
const CLEARED = "\r\u001b[K";
const FRAMES = unicode ? ["◒", "◐", "◓", "◑"] : ["•", "o", "O", "0"];
const FRAME_MS = 80;
/** A frame or a mark, and two blanks. */
const INDENT = 3;
/** What the terminal itself writes behind it: `^C`. */
const ECHO = 2;

/** What a line that runs needs of its terminal. */
export interface Screen {
  write(text: string): void;
  /** How wide it is by now; null: nobody knows. */
  columns(): number | null;
  /** The same for texts that stay, as people wish it. */
  textWidth(): number | null;
  /** Coloured where there is colour. */
  paint(text: string, tone: NonNullable<Cell["tone"]>): string;
}

/**
 * The last line of a terminal while something runs: what it is, after a turning frame. It is never wider than the terminal, or it
 * could not be erased; what is said meanwhile goes above it. The terminal's modes stay as they are, so that Ctrl-C is a signal
 * and typed input is left to the program it is for.
 */
export interface RunningLine {
  begin(text: string): Progress;
  /** Writes whole lines above it. */
  above(lines: string): void;
  /** Leaves the terminal to a question. */
  aside<T>(work: () => Promise<T>): Promise<T>;
}

/** The line of one terminal. Of several things that run, it shows the one that was begun last. */
export function runningLine(screen: Screen): RunningLine {
  let running: readonly { readonly text: string }[] = [];
  let [frame, asides] = [0, 0];
  let timer: NodeJS.Timeout | undefined;
  const drawn = (): string => {
    const shown = running.at(-1);
    if (shown === undefined || asides > 0) return "";
    const room = (screen.columns() ?? 80) - INDENT - ECHO - 1;
    return `${screen.paint(FRAMES[frame % FRAMES.length] ?? "", "strong")}  ${cut(shown.text, room)}`;
  };
  const draw = (above = ""): void => screen.write(CLEARED + above + drawn());
  const turn = (): void => {
    frame += 1;
    if (asides === 0) draw();
  };
  const end = (own: { readonly text: string }, lines: string): void => {
    running = running.filter((each) => each !== own);
    if (running.length === 0) clearInterval(timer);
    draw(lines);
  };
  return {
    begin(text) {
      const own = { text };
      running = [...running, own];
      if (running.length === 1) timer = setInterval(turn, FRAME_MS).unref();
      draw();
      const ended = (mark: string, tone: "good" | "bad") => (line: string) => {
        const width = screen.textWidth();
        const text = visibleLine(line);
        end(own, `${screen.paint(mark, tone)}  ${width === null ? text : hang(text, INDENT, width)}\n`);
      };
      return {
        update: (line) => {
          own.text = line;
        },
        done: ended(S_STEP_SUBMIT, "good"),
        failed: ended(S_STEP_ERROR, "bad"),
      };
    },
    above: (lines) => (running.length === 0 || asides > 0 ? screen.write(lines) : draw(lines)),
    async aside(work) {
      if (running.length > 0) screen.write(CLEARED);
      asides += 1;
      try {
        return await work();
      } finally {
        asides -= 1;
      }
    },
  };
}

/** What fits, with dots for the rest. */
function cut(text: string, room: number): string {
  const line = visibleLine(text);
  const { index, ellipsed } = widthUpTo(line, { limit: room, ellipsis: "…" });
  return ellipsed ? `${line.slice(0, index)}…` : line;
}
