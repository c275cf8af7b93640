/** A reporter for `node --test` that writes one JSON line for each test that ended: what the gate counts. */

/** How one test ended; a suite is not a test, and counts only where it is skipped or has none: `empty`. */
export interface Ended {
  readonly outcome: "passed" | "failed" | "skipped" | "todo" | "empty";
  readonly name: string;
  readonly file: string;
  readonly reason: string;
}

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly file?: string;
    readonly nesting?: number;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly details?: { readonly type?: string };
  };
}

async function* tally(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let inSuite = 0;
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { nesting = 0, details } = data;
    // Of a suite that is skipped nothing else comes.
    if (details?.type !== "suite" || outcomeOf(type, data) === "skipped") {
      yield line(data, outcomeOf(type, data));
      if (nesting > 0) inSuite += 1;
    } else if (nesting === 0) {
      if (inSuite === 0) yield line(data, "empty");
      inSuite = 0;
    }
  }
}

function outcomeOf(type: string, { skip, todo }: TestEvent["data"]): Ended["outcome"] {
  if (skip !== undefined && skip !== false) return "skipped";
  if (todo !== undefined && todo !== false) return "todo";
  return type === "test:pass" ? "passed" : "failed";
}

function line({ name = "", file = "", skip }: TestEvent["data"], outcome: Ended["outcome"]): string {
  const ended: Ended = { outcome, name, file, reason: typeof skip === "string" ? skip : "" };
  return `${JSON.stringify(ended)}\n`;
}

// biome-ignore lint/style/noDefaultExport: Node loads a reporter by its default export
export default tally;
