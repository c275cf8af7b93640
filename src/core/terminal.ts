import type { Fault } from "./fault.ts";
import type { Notices } from "./notices.ts";

/** A thing that takes more than a second, shown while it runs. */
export interface Progress {
  /** Replaces the text next to the spinner. */
  update(text: string): void;
  done(text: string): void;
  failed(text: string): void;
}

export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** A cell's text and what it means; meaning is shown as colour where there is colour, and never by colour alone. */
export interface Cell {
  readonly text: string;
  readonly tone?: "good" | "bad" | "warn" | "dim" | "strong";
}

/** Rows below the titles of their columns. What may be long is in the last column. A row whose first cell is empty goes on with the row above it. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * The Terminal port: the person. Questions go to the controlling terminal and everything else to stderr, never to
 * stdout, so that a helper whose stdout is a protocol can still ask.
 */
export interface Terminal extends Notices {
  /** Whether a person can answer: a controlling terminal opens, and neither CI nor the profile forbids to ask. */
  readonly hasPerson: boolean;
  /** Whether what is said goes to a terminal, and not into a log or a file. */
  readonly isSeen: boolean;
  /** From now on nothing goes to stderr: whoever reads stdout reads both as one. */
  silence(): void;
  /**
   * What the person has to do now for the work to go on. Seen at once, even where a tool that started brevet hides its stderr.
   */
  instruct(line: string): void;
  /** A fault with its code and its hints, as the last thing that the program says. */
  fault(fault: Fault): void;
  /**
   * The tables of one answer, as texts for stdout or for where they are said to go; coloured and as wide as that if it is a terminal. All
   * of them have one form: columns if they fit, and otherwise a card for each row.
   */
  tables(tables: readonly Table[], on?: "stdout" | "stderr"): Promise<readonly string[]>;
  /** An answer of one table. */
  table(header: Table["header"], rows: Table["rows"], on?: "stdout" | "stderr"): Promise<string>;
  /** Shows that something runs, until `done` or `failed`. */
  progress(text: string): Promise<Progress>;
  /**
   * @param preselected what Enter alone answers: `no` wherever a yes cannot be taken back.
   * @throws {Fault} `PERSON_ABSENT`, `INTERRUPTED`: of every question below.
   */
  confirm(question: string, preselected: "yes" | "no"): Promise<boolean>;
  ask(question: string, suggestion?: string): Promise<string>;
  askSecret(question: string): Promise<string>;
  pick<T>(question: string, choices: readonly Choice<T>[]): Promise<T>;
  /** Shows a URL that another device can read, to the person alone. */
  showQrCode(url: string): Promise<void>;
}
