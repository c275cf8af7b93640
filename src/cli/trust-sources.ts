import { join, resolve } from "node:path";
import { Fault } from "../core/fault.ts";
import { parseTrustPolicy } from "../trust/aws/policy.ts";
import type { AwsProviderFacts, AwsRoleFacts, AwsTrustSource } from "../trust/aws/trust-source.ts";
import { parseProviderAnswer, parseRoleAnswer } from "../wire/aws-iam/answers.ts";
import type { Context, FlagValues } from "./command.ts";
import { sandboxTrust } from "./kinds.ts";
import { readGivenFile } from "./read-given-file.ts";

/** The flags that say where the trust of an AWS account is read. */
export const trustFlags = {
  trust: {
    kind: "texts",
    value: "FILE",
    doc: "a role as `aws iam get-role` prints it, or a trust policy; with role chaining one for each role",
  },
  provider: { kind: "texts", value: "FILE", doc: "a provider as `aws iam get-open-id-connect-provider` prints it" },
  sandbox: { kind: "switch", doc: "read the trust of the sandbox" },
  "sandbox-folder": { kind: "text", value: "DIR", doc: "the same in another folder than brevet's own" },
} as const;

/** The source that the flags name; null if they name none. @throws {Fault} `USAGE_INVALID`, `POLICY_INVALID`, `FILE_UNREADABLE` */
export async function trustSourceOf(flags: FlagValues<typeof trustFlags>, context: Context): Promise<AwsTrustSource | null> {
  const { paths, workingFolder } = context;
  const folder = flags["sandbox-folder"];
  const wantsSandbox = flags.sandbox || folder !== undefined;
  const files = [...flags.trust, ...flags.provider];
  if (wantsSandbox && files.length > 0) {
    throw new Fault("USAGE_INVALID", `the trust is read from the sandbox or from ${files.join(", ")}, not from both`);
  }
  if (wantsSandbox)
    return sandboxTrust(folder === undefined ? join(paths.stateFolder, "sandbox") : resolve(workingFolder, folder));
  return files.length === 0 ? null : fileSource(flags.trust, flags.provider);
}

function fileSource(trust: readonly string[], provider: readonly string[]): AwsTrustSource {
  const roles = trust.map((file) => readRole(file));
  const providers: readonly AwsProviderFacts[] = provider.map((file) => parseProviderAnswer(readGivenFile(file), file));
  return {
    name: [...trust, ...provider].join(", "),
    async role(arn): Promise<AwsRoleFacts | "unknown"> {
      const found =
        roles.find((role) => role.arn === arn) ?? (roles.length === 1 ? roles.find((role) => role.arn === null) : undefined);
      return found === undefined ? "unknown" : { ...found, arn };
    },
    providers: async () => (providers.length === 0 ? "unknown" : providers),
  };
}

function readRole(file: string) {
  const role = parseRoleAnswer(readGivenFile(file), file);
  parseTrustPolicy(role.trustPolicy);
  return role;
}
