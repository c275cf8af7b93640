import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { SERVER_FLAGS, serverFolder } from "../flags/server-folder.ts";

export const command = defineCommand({
  path: "serve backup",
  description:
    "For the embedded database; PostgreSQL has tools of its own. What is private in the copy stays sealed: keep seal.key of the data folder " +
    "as well, elsewhere. Without that key a backup opens nothing, and with it, it is the server.",
  positionals: [{ name: "FILE", doc: "where the copy is made; nothing is replaced", required: true }],
  flags: SERVER_FLAGS,
  examples: [{ line: "brevet serve backup /backup/monday.sqlite", does: "while it serves; from a timer, once a day" }],
  async run({ flags, words }, { compose, paths, terminal, workingFolder }) {
    const { backupServer } = await compose.server.backup();
    const dataFolder = serverFolder(flags.data, paths, workingFolder);
    const shown = await terminal.progress("copying the database");
    const file = resolve(workingFolder, words["FILE"] ?? "");
    try {
      const now = compose.clock.now() - compose.clock.offsetSeconds;
      const { bytes, unnoted } = await backupServer(dataFolder, { database: flags.database }, { file, now });
      shown.done(`${file}: ${Math.ceil(bytes / 1024)} KiB`);
      if (unnoted !== null) terminal.warn(`\`brevet serve --check\` will not know of it: ${unnoted.message}`);
    } catch (cause) {
      shown.failed("no backup was made");
      throw cause;
    }
    terminal.say(`it opens with ${resolve(dataFolder, "seal.key")} alone: keep a copy of that elsewhere`);
    return 0;
  },
});
