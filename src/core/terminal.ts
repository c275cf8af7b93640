/** A thing that takes more than a second, shown while it runs. */
export interface Progress {
  /** Replaces the text beside the spinner. */
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

/**
 * The Terminal port: the person. Interaction goes to the controlling terminal, never to stdout, so that a helper
 * whose stdout is a protocol can still ask.
 */
export interface Terminal {
  /** Whether a person can answer: a controlling terminal opens, and neither CI nor the profile forbids to ask. */
  readonly hasPerson: boolean;
  /** One line to the person (stderr): progress, notices, what to do next. */
  say(line: string): void;
  /** A warning, marked as one. */
  warn(line: string): void;
  table(header: readonly string[], rows: readonly (readonly Cell[])[]): void;
  progress(text: string): Progress;
  /** @throws {Fault} `PERSON_ABSENT`, `INTERRUPTED`: of every question below. */
  confirm(question: string): Promise<boolean>;
  ask(question: string, suggestion?: string): Promise<string>;
  askSecret(question: string): Promise<string>;
  pick<T>(question: string, choices: readonly Choice<T>[]): Promise<T>;
  /** A URL that another device can read. */
  showQrCode(url: string): void;
}
