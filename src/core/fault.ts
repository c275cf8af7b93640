import type { FaultCode } from "./fault-codes.ts";

/** What a fault may carry beside its message. Never a token, key, code, cookie or assertion. */
export interface FaultContext {
  /** What to do next, one line each, as a rule with a command between backticks. */
  readonly hints?: readonly string[];
  /** The error that this fault translates. */
  readonly cause?: unknown;
  /** Plain values for machines (`--json`, tests): the offending key, AWS's own code, what was already verified. */
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
}

/**
 * The one error that brevet raises on purpose.
 *
 * `message` is lower case, has no full stop, and names the object and the value that the user gave. Hints say
 * what to type next. Scripts and tests match on `code`, never on the message.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly hints: readonly string[];
  readonly details: NonNullable<FaultContext["details"]>;

  constructor(code: FaultCode, message: string, context: FaultContext = {}) {
    super(withoutTokens(message), context.cause === undefined ? undefined : { cause: context.cause });
    this.name = "Fault";
    this.code = code;
    this.hints = (context.hints ?? []).map(withoutTokens);
    this.details = Object.fromEntries(
      Object.entries(context.details ?? {}).map(([name, value]) => [
        name,
        typeof value === "string" ? withoutTokens(value) : value,
      ]),
    );
  }
}

/** A message may quote what an endpoint answered, and an endpoint may quote the assertion that it was sent. */
function withoutTokens(text: string): string {
  return text.replace(/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, "[token]");
}
