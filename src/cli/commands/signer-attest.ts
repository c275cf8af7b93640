import { Fault } from "../../core/fault.ts";
import type { SignatureAlgorithm, SignerAttestation } from "../../core/signer.ts";
import { defineCommand } from "../command.ts";
import { IDENTITY_WORD } from "../device/device-issuer.ts";
import type { OpenDevice } from "../identity-kinds.ts";

export const command = defineCommand({
  path: "signer attest",
  description: [
    "Prints a request, which holds nothing secret. Whoever admits devices gives it to `brevet issuer admit`. For a key in a YubiKey",
    "that is all; to the request of a TPM they send back a challenge, for `brevet signer answer`, and only the answer proves it.",
  ].join("\n"),
  positionals: [IDENTITY_WORD],
  flags: {
    algorithm: { kind: "text", value: "ALG", choices: ["ES256", "RS256"], doc: "which of its keys; default: the first there is" },
  },
  examples: [{ line: "brevet signer attest laptop > request.json", does: "then send the file to whoever admits devices" }],
  async run({ flags, words }, { compose, output }) {
    const device = await compose.device(words["IDENTITY"]);
    const attestation = requireAttestation(device);
    const [first] = await device.signer.publicKeys();
    const algorithm = (flags.algorithm as SignatureAlgorithm | undefined) ?? first?.algorithm ?? "ES256";
    output(await attestation.request(algorithm));
    return 0;
  },
});

/** @throws {Fault} `ATTESTATION_REFUSED` for a signer that cannot prove where its keys are. */
export function requireAttestation({ name, signer }: OpenDevice): SignerAttestation {
  if (signer.attestation !== undefined) return signer.attestation;
  throw new Fault("ATTESTATION_REFUSED", `the signer ${signer.description.kind} of ${name} cannot prove where its keys are`, {
    hints: ["a key in a TPM can: `brevet init NAME --signer tpm2`", "and one that was generated in a YubiKey: `--signer pkcs11`"],
  });
}
