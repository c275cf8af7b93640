import { randomBytes } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import { createDevice } from "../../flows/create-device.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { requireName } from "../../wire/brevet-config/require-name.ts";
import { parseIssuerUrl } from "../../wire/issuer-documents/issuer-url.ts";
import { addIdentity } from "../add-identity.ts";
import { type Context, defineCommand } from "../command.ts";
import { everySigner } from "../device/device-keys.ts";
import { parseSignerOptions, SIGNER_OPTION, signerCandidates, signerFlag } from "../device/signer-choice.ts";
import { STORE_FLAG } from "../flags/store-flag.ts";

const flags = {
  issuer: {
    kind: "text",
    value: "URL",
    doc: "where its documents will be published: https, a path of its own; can follow later",
  },
  signer: signerFlag("what holds the key; default: the best that this machine has"),
  "signer-option": SIGNER_OPTION,
  store: STORE_FLAG,
  json: { kind: "switch", doc: "print the identity as JSON" },
} as const;

export const command = defineCommand({
  path: "init",
  description: [
    "Makes a key in the best signer that this machine has, and a subject that stays the same when the key is replaced.",
    "Nothing that exists is overwritten: keys that are here from before are taken on, with their subject. Nothing is sent anywhere.",
  ].join("\n"),
  positionals: [
    { name: "NAME", doc: "the name of the identity, which becomes part of the subject; default device", required: false },
  ],
  flags,
  examples: [
    { line: "brevet init laptop --issuer https://id.example.com/laptop", does: "then: brevet issuer generate" },
    { line: "brevet init --store tpm", does: "on a machine without a keychain; `--store file` if there is no TPM either" },
    { line: "brevet init --signer tpm2 --signer-option pin", does: "a key in the TPM, and a PIN for each signature" },
  ],
  async run({ flags, words }, context) {
    const { compose, output, terminal } = context;
    const name = requireName(words["NAME"] ?? (await defaultName(context)), "identity");
    const issuer = flags.issuer === undefined ? null : parseIssuerUrl(flags.issuer, "--issuer");
    const signerOptions = parseSignerOptions(flags["signer-option"]);
    if (flags.store !== undefined) compose.askForGuard(flags.store);
    const device = await createDevice(
      { name, signer: flags.signer ?? null, issuer },
      {
        signers: () => signerCandidates(context, signerOptions),
        identities: {
          has: async (wanted) => (await compose.config()).identities.has(wanted),
          add: (added, identity) => addIdentity(context, added, { identity, guard: flags.store }),
        },
        store: () => compose.store(),
        keptSigners: async (places) => everySigner(await compose.keptDevice(name, places), compose),
        random: randomBytes,
        notices: terminal,
      },
    );
    const { subject, key, signer } = device;
    if (flags.json) {
      output(jsonPage({ name, subject, issuer, signer: signer.kind, residence: signer.residence, key }));
      return 0;
    }
    output(`identity  ${name}\nsubject   ${subject}\nissuer    ${issuer ?? "none yet"}\nkey       ${key.algorithm} ${key.kid}\n`);
    for (const line of nextSteps(name, issuer)) terminal.say(line);
    return 0;
  },
});

/** @throws {Fault} `IDENTITY_EXISTS`: with a second identity every command asks which one, so a second one has to be named. */
async function defaultName({ compose }: Context): Promise<string> {
  const { identities } = await compose.config();
  const there = [...identities.values()].find(({ kind }) => kind === "device");
  if (there === undefined) return "device";
  throw new Fault("IDENTITY_EXISTS", `this device has an identity already: ${there.name}`, {
    hints: ["see what there is: `brevet status`", "a second one needs a name: `brevet init NAME`"],
  });
}

function nextSteps(name: string, issuer: string | null): readonly string[] {
  const generate = `brevet issuer generate ${name}${issuer === null ? " --issuer https://…" : ""}`;
  return [
    "next, as an administrator of AWS or of Google Cloud: one command makes the trust, and publishes what it needs",
    `  \`brevet setup aws --identity ${name} --policy-arn ARN\``,
    `  \`brevet setup gcp --identity ${name} --project PROJECT\``,
    "or publish its documents yourself, so that clouds can check its tokens",
    ...(issuer === null ? ["  choose an https URL that you can put two small files at, with a path for this device alone"] : []),
    `  \`${generate}\``,
    `  \`brevet issuer publish ${name} --to FOLDER\`, or upload the two files and run \`brevet issuer verify ${name}\``,
  ];
}
