import { AUDIT } from "../../wire/brevet-api/admin/audit.ts";
import { callOperations } from "../admin/call-operation.ts";
import { defineCommand } from "../command.ts";
import { cursorFile } from "../flags/cursor-file.ts";

export const command = defineCommand({
  path: "admin audit export",
  description:
    "The same lines as `brevet audit export` prints where the server's data is: `brevet audit verify` checks them. With --state it prints " +
    "what came since the last run.",
  flags: {
    identity: { kind: "text", value: "NAME", doc: "the identity that asks; default: the only one at a login server" },
    state: { kind: "text", value: "FILE", doc: "remembers there how far it has read, and goes on from there" },
  },
  examples: [
    { line: "brevet admin audit export > audit.ndjson", does: "the whole log" },
    { line: "brevet admin audit export --state audit.cursor >> audit.ndjson", does: "what is new" },
  ],
  async run({ flags }, { compose, terminal, output, workingFolder }) {
    const call = callOperations(await compose.serverApi(flags.identity), terminal);
    const state = cursorFile(flags.state, workingFolder);
    let cursor = state.read();
    for (;;) {
      const { value, headers } = await call(AUDIT.export, { query: { limit: "200", ...(cursor === null ? {} : { cursor }) } });
      const next = headers["brevet-cursor"] ?? cursor;
      if (value !== "") output(value);
      if (next === null || next === cursor) return 0;
      // After the lines: a run that is cut short prints some of them again, and loses none.
      state.keep(next);
      cursor = next;
    }
  },
});
