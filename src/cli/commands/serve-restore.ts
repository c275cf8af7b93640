import { resolve } from "node:path";
import { counted } from "../../core/counted.ts";
import { asFault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { defineCommand } from "../command.ts";
import { readGivenFile } from "../flags/read-given-file.ts";
import { SERVER_FLAGS, serverFolder } from "../flags/server-folder.ts";

export const command = defineCommand({
  path: "serve restore",
  description:
    "Only where there is no server: nothing is replaced. Before it is put there, the copy is judged: it is whole, the key opens what is " +
    "sealed in it, and its audit log verifies. Every session, invitation and recovery code in it is ended, because it may have been ended " +
    "or used since; passkeys, groups, rules and clients are as they were, so take away again what was taken away since.",
  positionals: [{ name: "FILE", doc: "what `brevet serve backup` made", required: true }],
  flags: {
    data: SERVER_FLAGS.data,
    key: { kind: "text", value: "FILE", doc: "seal.key of the server that the backup is of", required: true },
  },
  examples: [
    { line: "brevet serve restore login-2026-11-22.sqlite --key seal.key", does: "then `brevet serve` with the same issuer" },
  ],
  async run({ flags, words }, { compose, paths, terminal, workingFolder }) {
    const { restoreServer, KEY_HINT } = await compose.server.restore();
    const dataFolder = serverFolder(flags.data, paths, workingFolder);
    const shown = await terminal.progress("judging the backup");
    try {
      const { issuer, audit, closed } = await restoreServer(dataFolder, {
        file: resolve(workingFolder, words["FILE"] ?? ""),
        key: readKey(flags.key, KEY_HINT),
        keyFile: flags.key,
        now: () => compose.clock.now() - compose.clock.offsetSeconds,
      });
      shown.done(`${dataFolder} holds the server ${issuer}; its audit log is whole: ${counted(audit.rows, "row")}`);
      terminal.say(
        "everybody has to sign in again; a signing key that was revoked since the backup is published again: revoke it",
      );
      if (closed) terminal.say(`others could look into ${dataFolder}: now its owner alone can`);
      const data = flags.data === undefined ? [] : ["--data", dataFolder];
      const again = shellCommand`brevet serve ${[...data, "--issuer", issuer]}`;
      terminal.say(`next: \`${again}\`, with the server.json and the flags of before`);
    } catch (cause) {
      shown.failed("nothing was put back");
      throw cause;
    }
    return 0;
  },
});

function readKey(file: string, hint: string): Buffer {
  try {
    return Buffer.from(readGivenFile(file));
  } catch (cause) {
    const fault = asFault(cause);
    throw fault.told({ hints: [...fault.hints, hint] });
  }
}
