/** A reporter for `node --test` that writes one JSON line for each test that ended: what the gate counts. */

/** How one test ended; a suite is not a test. */
export interface Ended {
  readonly outcome: "passed" | "failed" | "skipped" | "todo";
  readonly name: string;
  readonly file: string;
  readonly reason: string;
}

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly file?: string;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly details?: { readonly type?: string };
  };
}

async function* tally(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if ((type !== "test:pass" && type !== "test:fail") || data.details?.type === "suite") continue;
    const skipped = data.skip !== undefined && data.skip !== false;
    const todo = data.todo !== undefined && data.todo !== false;
    const ended: Ended = {
      outcome: skipped ? "skipped" : todo ? "todo" : type === "test:pass" ? "passed" : "failed",
      name: data.name ?? "",
      file: data.file ?? "",
      reason: typeof data.skip === "string" ? data.skip : "",
    };
    yield `${JSON.stringify(ended)}\n`;
  }
}

// biome-ignore lint/style/noDefaultExport: Node loads a reporter by its default export
export default tally;
