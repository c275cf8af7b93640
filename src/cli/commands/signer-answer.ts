import { Fault } from "../../core/fault.ts";
import { defineCommand } from "../command.ts";
import { IDENTITY_WORD } from "../device/device-issuer.ts";
import { readGivenFile } from "../flags/read-given-file.ts";
import { requireAttestation } from "./signer-attest.ts";

export const command = defineCommand({
  path: "signer answer",
  positionals: [
    { name: "CHALLENGE", doc: "the file that `brevet issuer admit` made; - for stdin", required: true },
    IDENTITY_WORD,
  ],
  flags: {},
  examples: [{ line: "brevet signer answer challenge.json > answer.json", does: "then send the file back" }],
  async run({ words }, { compose, output }) {
    const challenge = readGivenFile(words["CHALLENGE"] ?? "-");
    const device = await compose.device(words["IDENTITY"]);
    const attestation = requireAttestation(device);
    if (attestation.answer === undefined) {
      const { kind } = device.signer.description;
      throw new Fault(
        "ATTESTATION_REFUSED",
        `the request of a signer ${kind} proves by itself where the key is: nothing is answered`,
      );
    }
    output(await attestation.answer(challenge));
    return 0;
  },
});
