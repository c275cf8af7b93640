import { defineCommand } from "../command.ts";
import { cursorFile } from "../flags/cursor-file.ts";
import { SERVER_FLAGS, serverFolder } from "../flags/server-folder.ts";

export const command = defineCommand({
  path: "audit export",
  description:
    "Runs where the server's data is, beside the running server. With --state it prints what came since the last run. The lines hold " +
    "what `brevet audit verify` needs.",
  flags: {
    ...SERVER_FLAGS,
    state: { kind: "text", value: "FILE", doc: "remembers there how far it has read, and goes on from there" },
  },
  examples: [
    { line: "brevet audit export > audit.ndjson", does: "the whole log" },
    { line: "brevet audit export --state audit.cursor >> audit.ndjson", does: "what is new" },
  ],
  async run({ flags }, { compose, paths, workingFolder, output }) {
    const state = cursorFile(flags.state, workingFolder);
    const { exportArchive } = await compose.server.auditArchive();
    await exportArchive(
      serverFolder(flags.data, paths, workingFolder),
      { database: flags.database },
      state.read(),
      (lines, cursor) => {
        output(`${lines.join("\n")}\n`);
        // After the lines: a run that is cut short prints some of them again, and loses none.
        state.keep(cursor);
      },
    );
    return 0;
  },
});
