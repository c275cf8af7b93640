import { randomBytes, X509Certificate } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import { admitKey, challengeKey } from "../../flows/admit-key.ts";
import { jsonPage } from "../../platform/terminal/visible.ts";
import { defineCommand } from "../command.ts";
import { openChallenges } from "../open-challenges.ts";
import { readGivenFile } from "../read-given-file.ts";

export const command = defineCommand({
  path: "issuer admit",
  summary: "check that a device's key is in a certified TPM, before it is published",
  description: [
    "Without --answer it checks the request of `brevet signer attest` and prints a challenge to it. With the answer of",
    "`brevet signer answer` it prints the key, as a JWK set: it is in the TPM of that certificate and cannot leave it.",
  ].join("\n"),
  positionals: [{ name: "REQUEST", doc: "the device's request; - for stdin", required: true }],
  flags: {
    authority: {
      kind: "texts",
      value: "FILE",
      doc: "certificates of makers of TPMs whose word counts, PEM: roots, and what lies between",
    },
    answer: { kind: "text", value: "FILE", doc: "the device's answer to the challenge" },
  },
  examples: [
    { line: "brevet issuer admit request.json --authority tpm-makers.pem > challenge.json", does: "send it to the device" },
    { line: "brevet issuer admit request.json --authority tpm-makers.pem --answer answer.json", does: "the key, proven" },
  ],
  async run({ flags, words }, { compose, output, paths, terminal }) {
    if (flags.authority.length === 0) {
      throw new Fault("USAGE_INVALID", "--authority is missing: somebody's word has to count", {
        hints: ["makers of TPMs publish their certificates; name the files with `--authority FILE`"],
      });
    }
    const request = readGivenFile(words["REQUEST"] ?? "-");
    const input = { request, authorities: flags.authority.flatMap(readAuthorities), now: compose.clock.now() };
    const challenges = openChallenges(compose.privateFiles, paths);
    if (flags.answer === undefined) {
      const { key, challenge } = await challengeKey(input, { challenges, random: randomBytes });
      output(challenge);
      terminal.say(`the request for ${key.algorithm} ${key.kid} is in order; its challenge has to be answered by the device`);
      return 0;
    }
    const { jwk, kid, algorithm } = admitKey({ ...input, answer: readGivenFile(flags.answer) }, { challenges });
    output(jsonPage({ keys: [{ ...jwk, kid, alg: algorithm, use: "sig" }] }));
    terminal.say(`${algorithm} ${kid} is in a TPM that one of those authorities certified`);
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
    hints: [`\`openssl x509 -inform der -in '${file}'\` prints one that is in DER`],
  });
}
