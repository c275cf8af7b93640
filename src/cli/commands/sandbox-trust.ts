import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { parseDuration } from "../../core/time.ts";
import { reading } from "../../platform/file-faults.ts";
import { readPlainText } from "../../platform/plain-file.ts";
import { defineCommand } from "../command.ts";
import { SANDBOX_FOLDER, sandboxFolder } from "../flags/sandbox-folder.ts";

const issuerFlags = {
  issuer: { kind: "text", value: "URL", doc: "the issuer's URL, exactly as in its tokens", needs: "subject" },
  subject: {
    kind: "text",
    value: "SUB",
    doc: "the subject that may assume the role, or a pattern with * and ?; of a device, `brevet status` shows it",
    needs: "issuer",
  },
  audience: {
    kind: "text",
    value: "AUDIENCE",
    doc: "the audience of the tokens; default sts.amazonaws.com",
    needs: "issuer",
  },
} as const;

export const command = defineCommand({
  path: "sandbox trust",
  description:
    "Writes the OIDC provider and the role that an administrator would create in IAM. The role's trust policy tests audience " +
    "and subject. They are plain files: edit the policy, and the next request is judged by it.",
  flags: {
    ...issuerFlags,
    "trusts-role": {
      kind: "text",
      value: "ARN",
      doc: "instead of an issuer: another role that may assume this one",
      excludes: [...Object.keys(issuerFlags), "saml-metadata"],
    },
    "saml-metadata": {
      kind: "text",
      value: "FILE",
      doc: "instead of an issuer: the metadata of a SAML provider",
      excludes: Object.keys(issuerFlags),
    },
    "saml-provider": { kind: "text", value: "NAME", doc: "its name in IAM; default saml", needs: "saml-metadata" },
    role: { kind: "text", value: "NAME", doc: "the role's name; default sandbox" },
    account: { kind: "text", value: "ID", doc: "the role's account; default 123456789012" },
    "max-duration": { kind: "text", value: "TIME", doc: "the longest session, 1h to 12h; default 1h" },
    "allow-tags": { kind: "switch", doc: "also allow sts:TagSession, which tokens with session tags need" },
    "allow-source-identity": { kind: "switch", doc: "also allow sts:SetSourceIdentity" },
    "may-assume": { kind: "texts", value: "ARN", doc: "a role that this role's own permissions let it assume" },
    outbound: {
      kind: "texts",
      value: "AUDIENCE",
      doc: "let the account's own issuer make tokens for the role, for that audience, and print the issuer too",
    },
    folder: SANDBOX_FOLDER,
  },
  examples: [
    {
      line: "brevet sandbox trust --issuer https://issuer.example/laptop --subject laptop-k3v9q2x7ab --role dev",
      does: "role dev for that device",
    },
    { line: "brevet sandbox trust --role deploy --trusts-role arn:aws:iam::123456789012:role/dev", does: "a role to chain to" },
  ],
  async run({ flags }, { compose, output, paths, terminal, workingFolder }) {
    const sandbox = await compose.sandbox(sandboxFolder(flags.folder, { paths, workingFolder }));
    const added = sandbox.trust({
      accountId: flags.account ?? "123456789012",
      role: flags.role ?? "sandbox",
      caller: readCaller(flags, workingFolder),
      allowTags: flags["allow-tags"],
      allowSourceIdentity: flags["allow-source-identity"],
      ...(flags["max-duration"] === undefined
        ? {}
        : { maxSessionDuration: parseDuration(flags["max-duration"], { min: 3600, max: 43_200, where: "--max-duration" }) }),
      mayAssume: flags["may-assume"],
      outboundAudiences: flags.outbound,
    });
    for (const file of added.files) terminal.say(`wrote ${file}`);
    output(`${added.roleArn}\n`);
    if (added.outboundIssuer !== null) output(`${added.outboundIssuer}\n`);
    return 0;
  },
});

interface CallerFlags {
  readonly issuer: string | undefined;
  readonly subject: string | undefined;
  readonly audience: string | undefined;
  readonly "trusts-role": string | undefined;
  readonly "saml-metadata": string | undefined;
  readonly "saml-provider": string | undefined;
}

function readCaller(flags: CallerFlags, workingFolder: string) {
  const { "saml-metadata": file, "saml-provider": provider = "saml" } = flags;
  if (file !== undefined) return { kind: "saml", provider, metadata: readMetadata(resolve(workingFolder, file)) } as const;
  const { issuer, subject, "trusts-role": arn } = flags;
  if (arn !== undefined) return { kind: "role", arn } as const;
  if (issuer !== undefined && subject !== undefined) {
    return { kind: "issuer", issuer, subject, audience: flags.audience ?? "sts.amazonaws.com" } as const;
  }
  throw new Fault("USAGE_INVALID", "say whom to trust: --issuer with --subject, --saml-metadata, or --trusts-role", {
    hints: ["run `brevet status` to see a device's issuer and subject"],
  });
}

function readMetadata(file: string): string {
  return reading(file, () => readPlainText(file), `the metadata ${file}`);
}
