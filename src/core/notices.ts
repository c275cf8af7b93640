/** Lines to the person while something runs; they never reach stdout. */
export interface Notices {
  /** What is going on, or what to do next. */
  say(line: string): void;
  /** Something is not as it should be, and the command went on. */
  warn(line: string): void;
}
