import { defineCommand } from "../command.ts";
import { IDENTITY_WORD } from "../device-issuer.ts";
import { readGivenFile } from "../read-given-file.ts";
import { requireAttestation } from "./signer-attest.ts";

export const command = defineCommand({
  path: "signer answer",
  summary: "answer the challenge to this device's request, which its hardware alone can",
  positionals: [
    { name: "CHALLENGE", doc: "the file that `brevet issuer admit` made; - for stdin", required: true },
    IDENTITY_WORD,
  ],
  flags: {},
  examples: [{ line: "brevet signer answer challenge.json > answer.json", does: "then send the file back" }],
  async run({ words }, { compose, output }) {
    const challenge = readGivenFile(words["CHALLENGE"] ?? "-");
    output(await requireAttestation(await compose.device(words["IDENTITY"])).answer(challenge));
    return 0;
  },
});
