import { counted } from "../../core/counted.ts";
import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import type { PublicJwk } from "../../core/signer.ts";
import { formatUtc } from "../../core/time.ts";
import { visibleJson } from "../../core/visible.ts";
import { parsePublicJwk } from "../../wire/jwk/public-jwk.ts";
import { defineCommand } from "../command.ts";
import { readGivenFile, readGivenLines } from "../flags/read-given-file.ts";

export const command = defineCommand({
  path: "audit verify",
  description:
    "Needs nothing but the export and the public key of the checkpoints, which the server signs: at its start, and each minute in which " +
    "something happened. Of the rows that a checkpoint vouches for, none was changed, left out, moved or added, and the events say what " +
    "the rows say. Rows that no checkpoint vouches for yet are counted: anybody could have written them. The status is 5 " +
    "(AUDIT_UNVOUCHED) where there is no checkpoint at all, also in the first minute of a new server: wait, and export again; and where " +
    "rows more than five minutes older than the last row have none. What was cut off the end together with its checkpoints cannot be " +
    "seen: look at the time of the last one. An export may begin where the server has cut what was older than `auditKeep`, which it signs: " +
    "one that anybody else has cut is refused. A destination of `auditPush` is given the log anew when the server was restored from a " +
    "backup: what it has is several exports then, each verified by itself.",
  positionals: [{ name: "FILE", doc: "what `brevet audit export` printed", required: true }],
  flags: {
    key: { kind: "text", value: "FILE", doc: "the public key, from `brevet audit key`", required: true },
    json: { kind: "switch", doc: "print what was found as JSON" },
  },
  examples: [{ line: "brevet audit verify audit.ndjson --key checkpoint-key.json", does: "is it whole?" }],
  async run({ flags, words }, { compose, terminal, output }) {
    const { verifyArchive } = await compose.server.auditArchive();
    const found = await verifyArchive(readGivenLines(words["FILE"] ?? ""), readKey(flags.key));
    if (flags.json) {
      output(`${visibleJson(found)}\n`);
      return 0;
    }
    const { rows, chains, checkpoints, cutAt, lastCheckpointAt, rowsAfterCheckpoint, earlier } = found;
    const last = lastCheckpointAt === null ? "there is none" : `the last of ${formatUtc(lastCheckpointAt)}`;
    output(
      await terminal.table(
        ["audit log", ""],
        [
          [{ text: "rows" }, { text: `${rows} in ${counted(chains, "chain")}, each as it was written`, tone: "good" }],
          [
            { text: "begins" },
            {
              text:
                cutAt === null
                  ? "with the log"
                  : `behind ${formatUtc(cutAt)}: the server has cut what was before, and signed that`,
            },
          ],
          [{ text: "checkpoints" }, { text: `${checkpoints}, ${last}`, tone: lastCheckpointAt === null ? "warn" : "good" }],
          [
            { text: "not vouched for" },
            {
              text: `${counted(rowsAfterCheckpoint, "row")} after the last checkpoint`,
              tone: rowsAfterCheckpoint > 0 ? "warn" : "dim",
            },
          ],
          ...earlier.map(({ rows, lastRowAt }) => [
            { text: "before it" },
            {
              text: `${counted(rows, "row")} until ${formatUtc(lastRowAt ?? 0)}, whole by themselves: then the log was given anew`,
            },
          ]),
        ],
      ),
    );
    return 0;
  },
});

/** @throws {Fault} `FILE_UNREADABLE`; `USAGE_INVALID` for a file that holds something else. */
function readKey(file: string): PublicJwk {
  const key = parsePublicJwk(parseJsonObject(readGivenFile(file)));
  if (key !== null) return key;
  throw new Fault("USAGE_INVALID", `${file} does not hold the public key of checkpoints: it is no JWK of a public key`, {
    hints: ["`brevet audit key` prints it, on the server"],
  });
}
