import { Fault } from "../../core/fault.ts";
import { AUDIT } from "../../wire/brevet-api/admin/audit.ts";
import { API_FLAGS, defineApiCommand, minute } from "../admin/api-command.ts";
import { cursorFile } from "../flags/cursor-file.ts";

export const command = defineApiCommand({
  path: "admin audit confirm",
  description:
    "Where the server's `auditKeep` and `auditConfirm` are set, what the export has may be cut from the server's database once it is old " +
    "enough, and nothing that was not confirmed. Verify the export first, and see that it lies where the server's machine cannot lose it.",
  flags: {
    ...API_FLAGS,
    state: { kind: "text", value: "FILE", doc: "in which `audit export --state` remembered how far it has read" },
  },
  examples: [
    { line: "brevet audit verify audit.ndjson --key checkpoint-key.json", does: "first: is it whole?" },
    { line: "brevet admin audit confirm --state audit.cursor", does: "then: it is kept" },
  ],
  async perform({ flags }, call, { workingFolder }) {
    const cursor = cursorFile(flags.state, workingFolder).read();
    if (cursor === null) {
      throw new Fault("USAGE_INVALID", "it is not said which export is kept", {
        hints: ["`--state FILE`, the file that `brevet admin audit export --state FILE` has written"],
      });
    }
    const { value } = await call(AUDIT.confirm, { body: { cursor } });
    const until =
      value.until === null ? "it has no checkpoint yet, so nothing will be cut" : `up to ${minute(value.until)} (UTC)`;
    return { value, shown: { said: `confirmed: ${until}` } };
  },
});
