import { randomBytes, X509Certificate } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { admitKey } from "../../flows/admit-key.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { defineCommand } from "../command.ts";
import { openChallenges } from "../device/open-challenges.ts";
import { readGivenFile } from "../flags/read-given-file.ts";

export const command = defineCommand({
  path: "issuer admit",
  description: [
    "Checks the request of `brevet signer attest` and prints the key, as a JWK set, if it was generated in a certified YubiKey. To the",
    "request of a TPM it prints a challenge, and with the answer of `brevet signer answer` the key: it cannot leave that TPM.",
  ].join("\n"),
  positionals: [{ name: "REQUEST", doc: "the device's request; - for stdin", required: true }],
  flags: {
    authority: {
      kind: "texts",
      value: "FILE",
      doc: "certificates of makers of TPMs or YubiKeys whose word counts, PEM: roots, and what lies between",
      required: true,
    },
    answer: { kind: "text", value: "FILE", doc: "the device's answer to the challenge" },
  },
  examples: [
    { line: "brevet issuer admit request.json --authority tpm-makers.pem > challenge.json", does: "send it to the device" },
    { line: "brevet issuer admit request.json --authority tpm-makers.pem --answer answer.json", does: "the key, proven" },
    { line: "brevet issuer admit request.json --authority yubico.pem", does: "the key of a YubiKey, in one step" },
  ],
  async run({ flags, words }, { compose, output, paths, terminal }) {
    const request = readGivenFile(words["REQUEST"] ?? "-");
    const { key, place, challenge } = await admitKey(
      {
        request,
        authorities: flags.authority.flatMap(readAuthorities),
        now: compose.clock.now(),
        answer: flags.answer === undefined ? null : readGivenFile(flags.answer),
      },
      { challenges: openChallenges(compose.privateFiles, paths), random: randomBytes },
    );
    const { jwk, kid, algorithm } = key;
    if (challenge !== null) {
      output(challenge);
      terminal.say(`the request for ${algorithm} ${kid} is in order; its challenge has to be answered by the device`);
      return 0;
    }
    output(jsonPage({ keys: [{ ...jwk, kid, alg: algorithm, use: "sig" }] }));
    terminal.say(`${algorithm} ${kid} is in ${place}`);
    return 0;
  },
});

function readAuthorities(file: string): readonly X509Certificate[] {
  const blocks = readGivenFile(file).match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  try {
    if (blocks !== null) return blocks.map((pem) => new X509Certificate(pem));
  } catch (cause) {
    throw new Fault("USAGE_INVALID", `${file} holds a certificate that cannot be read`, { cause });
  }
  throw new Fault("USAGE_INVALID", `${file} holds no certificate in PEM`, {
    hints: [`\`${shellCommand`openssl x509 -inform der -in ${file}`}\` prints one that is in DER`],
  });
}
