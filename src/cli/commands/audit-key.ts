import { visibleJson } from "../../core/visible.ts";
import { defineCommand } from "../command.ts";
import { SERVER_FLAGS, serverFolder } from "../flags/server-folder.ts";

export const command = defineCommand({
  path: "audit key",
  description:
    "Keep it where the server's administrators cannot change it: with it, an export is verified by `brevet audit verify`.",
  flags: SERVER_FLAGS,
  examples: [{ line: "brevet audit key > checkpoint-key.json", does: "for those who verify exports" }],
  async run({ flags }, { compose, paths, workingFolder, output }) {
    const { archiveKey } = await compose.server.auditArchive();
    const key = await archiveKey(serverFolder(flags.data, paths, workingFolder), { database: flags.database });
    output(`${visibleJson(key)}\n`);
    return 0;
  },
});
