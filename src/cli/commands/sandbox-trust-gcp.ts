import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { SANDBOX_FOLDER, sandboxFolder, TRUSTED_FLAGS } from "../flags/sandbox-folder.ts";

export const command = defineCommand({
  path: "sandbox trust gcp",
  description:
    "Writes the workload identity provider and the service account that an administrator would create, in the form in which " +
    "`gcloud … --format=json` shows them. They are plain files: edit them, and the next request is judged by them.",
  flags: {
    ...TRUSTED_FLAGS,
    "service-account": { kind: "text", value: "EMAIL", doc: "the service account; default: none" },
    jwks: { kind: "text", value: "FILE", doc: "keys to upload; default: they are fetched from the issuer" },
    condition: { kind: "text", value: "CEL", doc: "the provider's attribute condition; default: none" },
    project: { kind: "text", value: "NUMBER", doc: "the project's number; default 123456789012" },
    pool: { kind: "text", value: "ID", doc: "the pool; default sandbox" },
    provider: { kind: "text", value: "ID", doc: "the provider; default brevet" },
    folder: SANDBOX_FOLDER,
  },
  examples: [
    {
      line: "brevet sandbox trust gcp --issuer https://issuer.example/laptop --subject laptop-k3v9q2x7ab",
      does: "prints the resource name of the provider",
    },
  ],
  async run({ flags }, { compose, output, paths, terminal, workingFolder }) {
    const { issuer, subject } = flags;
    const added = (await compose.sandbox(sandboxFolder(flags.folder, { paths, workingFolder }))).trustGoogle({
      issuer,
      subject,
      project: flags.project ?? "123456789012",
      pool: flags.pool ?? "sandbox",
      provider: flags.provider ?? "brevet",
      jwksFile: flags.jwks === undefined ? null : resolve(workingFolder, flags.jwks),
      condition: flags.condition ?? null,
      serviceAccount: flags["service-account"] ?? null,
    });
    for (const file of added.files) terminal.say(`wrote ${file}`);
    output(`${added.provider}\n`);
    return 0;
  },
});
