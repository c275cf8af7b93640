import { createPublicKey } from "node:crypto";
import { resolve } from "node:path";
import { publishCommand } from "../../core/publish-command.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import { generateIssuer } from "../../flows/generate-issuer.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { defineCommand } from "../command.ts";
import { IDENTITY_WORD, settleIssuer } from "../device/device-issuer.ts";
import { everySigner } from "../device/device-keys.ts";

const ALGORITHMS = ["ES256", "RS256"] as const;

export const command = defineCommand({
  path: "issuer generate",
  description: [
    "Writes .well-known/openid-configuration and keys.json, which hold public keys only. Without --output they wait in",
    "brevet's state folder for `brevet issuer publish`.",
  ].join("\n"),
  positionals: [IDENTITY_WORD],
  flags: {
    issuer: { kind: "text", value: "URL", doc: "the issuer URL, which is kept in the config" },
    "change-issuer": {
      kind: "switch",
      needs: "issuer",
      doc: "with --issuer: in place of the one that it has, though setups trust that",
    },
    add: {
      kind: "text",
      value: "ALG",
      choices: ALGORITHMS,
      doc: "make a key of that algorithm too, if there is none (Entra needs RS256)",
    },
    alg: { kind: "text", value: "ALG", choices: ALGORITHMS, doc: "keep the keys of that algorithm only" },
    x5c: {
      kind: "switch",
      doc: "add a self-signed certificate to each key, for verifiers that want one (Google's uploaded JWKS refuses it)",
    },
    output: { kind: "text", value: "DIR", short: "o", doc: "write there, to upload by hand" },
    pem: {
      kind: "switch",
      doc: "print the public keys as PEM, for verifiers that take keys in this form (Vault's `jwt_validation_pubkeys`)",
      excludes: ["json"],
    },
    json: { kind: "switch", doc: "print the documents as JSON" },
  },
  examples: [
    { line: "brevet issuer generate", does: "then: brevet issuer publish --to FOLDER" },
    { line: "brevet issuer generate --add RS256", does: "for Entra ID and everything else that takes RS256 only" },
    { line: "brevet issuer generate --output ./issuer", does: "two files to upload below the issuer URL" },
  ],
  async run({ flags, words }, context) {
    const { compose, output, terminal, workingFolder } = context;
    const device = await compose.device(words["IDENTITY"]);
    const issuer = await settleIssuer(device, { issuer: flags.issuer, change: flags["change-issuer"] }, context);
    const { name } = device;
    const folder =
      flags.output === undefined
        ? (await compose.issuerCopies(name)).generated
        : await compose.publisher("directory", resolve(workingFolder, flags.output));
    const { documents, keys, created } = await generateIssuer(
      {
        identity: name,
        issuer,
        add: flags.add as SignatureAlgorithm | undefined,
        only: flags.alg as SignatureAlgorithm | undefined,
        certificates: flags.x5c ? "add" : "none",
      },
      { signers: await everySigner(device, compose), folder, now: () => compose.clock.now() },
    );
    if (flags.pem) {
      for (const { jwk } of keys)
        output(
          createPublicKey({ key: { ...jwk }, format: "jwk" })
            .export({ type: "spki", format: "pem" })
            .toString(),
        );
      return 0;
    }
    if (flags.json) {
      output(jsonPage({ issuer, folder: folder.destination, keys, documents }));
      return 0;
    }
    if (created !== null) terminal.say(`made an ${created.algorithm} key: ${created.kid}`);
    for (const { path } of documents) output(`${folder.placeOf(path)}\n`);
    if (flags.output === undefined) terminal.say(`next: \`${publishCommand(name, device.options.keys)}\``);
    else terminal.say(`next: upload the folder so that ${issuer}/keys.json is served, then \`brevet issuer verify ${name}\``);
    return 0;
  },
});
