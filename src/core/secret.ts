const inspect = Symbol.for("nodejs.util.inspect.custom");

/** A secret that may still be in the making while what will carry it is laid out. */
export interface PendingSecret {
  /** Rejects with the fault of whatever makes it; nobody has to listen for that. */
  readonly value: Promise<Secret<string>>;
  /**
   * How many characters it is going to have, none of which needs escaping in a URL, a form or JSON (a JWT's do not). Absent where
   * only the value tells.
   */
  readonly length?: number;
}

/**
 * A value that must not reach a message, a log or a JSON document by accident: however it is printed, only
 * its label appears. Not even a digest is shown, because the digest of a PIN or of a short code is the code.
 *
 * `reveal()` is the only way in, so that `grep reveal` lists each place where a secret is used.
 */
export class Secret<T> {
  readonly label: string;
  readonly #value: T;

  constructor(label: string, value: T) {
    this.label = label;
    this.#value = value;
  }

  /** The value itself: for what signs with it, sends it, seals it or hands it out. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return `[secret ${this.label}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect](): string {
    return this.toString();
  }
}
