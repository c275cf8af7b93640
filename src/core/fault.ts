import type { FaultCode } from "./fault-codes.ts";

/** What a fault may carry besides its message. Never a token, key, code, cookie or assertion. */
export interface FaultContext {
  /** What to do next, one line each, as a rule with a command between backticks. */
  readonly hints?: readonly string[];
  /** The error that this fault translates. */
  readonly cause?: unknown;
  /** Plain values for machines (`--json`, tests): the offending key, AWS's own code, what was already verified. */
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
}

/** A fault on its way to another process: sealed in the store, or in a line that one process of brevet writes to another. */
export interface KeptFault {
  readonly code: FaultCode;
  readonly message: string;
  readonly hints: readonly string[];
}

/** The fault again, for the process that waited for it. */
export function faultOf({ code, message, hints }: KeptFault): Fault {
  return new Fault(code, message, { hints });
}

/**
 * The one error that brevet raises on purpose.
 *
 * `message` is lower case, has no full stop, and names the object and the value that the user gave, cut if it is very long. Hints say
 * what to type next. Scripts and tests match on `code`, never on the message.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly hints: readonly string[];
  readonly details: NonNullable<FaultContext["details"]>;

  constructor(code: FaultCode, message: string, context: FaultContext = {}) {
    super(presentable(message), context.cause === undefined ? undefined : { cause: context.cause });
    this.name = "Fault";
    this.code = code;
    this.hints = (context.hints ?? []).map(presentable);
    this.details = Object.fromEntries(
      Object.entries(context.details ?? {}).map(([name, value]) => [
        name,
        typeof value === "string" ? presentable(value) : Array.isArray(value) ? value.map(presentable) : value,
      ]),
    );
  }

  /** What is kept of it for {@link faultOf}; its cause and its details stay with the process that met it. */
  kept(): KeptFault {
    return { code: this.code, message: this.message, hints: this.hints };
  }

  /** The same fault in more exact words, from a caller that knows more of the command. */
  told({ message = this.message, hints = this.hints }: Pick<FaultContext, "hints"> & { readonly message?: string }): Fault {
    return new Fault(this.code, message, { hints, details: this.details, cause: this.cause });
  }
}

/** What was raised, as the person is told of it: anything but a Fault is a defect of brevet. */
export function asFault(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new Fault("INTERNAL", `something went wrong inside of brevet: ${text}`, { cause });
}

/** The longest word, or text in quotes, that a message repeats whole: longer than any ARN, URL or path that people type. */
const LONGEST_VALUE = 512;
const LONGEST_TEXT = 4096;

/** A person who passed a file's content instead of its name wants to see which one, not all of it. */
function presentable(text: string): string {
  const whole = withoutTokens(text);
  if (whole.length <= LONGEST_VALUE) return whole;
  const values = whole.replace(/"[^"]{513,}"|\S{513,}/g, (value) => cut(value, LONGEST_VALUE / 4));
  return values.length <= LONGEST_TEXT ? values : cut(values, LONGEST_TEXT / 2);
}

function cut(text: string, kept: number): string {
  return `${text.slice(0, kept)}… (${text.length} characters)${text.startsWith('"') ? '"' : ""}`;
}

/**
 * A message may quote what an endpoint answered, and an endpoint may quote the assertion that it was sent. The beginning of a token
 * counts as one: a pattern that has to find the rest would be tried again at each part of a text that has none.
 */
function withoutTokens(text: string): string {
  return text.replace(/\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g, "[token]");
}
