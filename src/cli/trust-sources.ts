import { Fault } from "../core/fault.ts";
import { isLoopback } from "../core/loopback.ts";
import type { Environment } from "../platform/paths.ts";
import { parseTrustPolicy } from "../trust/aws/policy.ts";
import type { AwsProviderFacts, AwsRoleFacts, AwsTrustSource } from "../trust/aws/trust-source.ts";
import { parseProviderAnswer, parseRoleAnswer } from "../wire/aws-iam/answers.ts";
import { callSettings, NO_CALL_OPTIONS } from "../wire/aws-sts/call-settings.ts";
import { ambientRegion } from "../wire/aws-sts/named-region.ts";
import type { Context, FlagValues } from "./command.ts";
import { sandboxTrust } from "./kinds.ts";
import { readGivenFile } from "./read-given-file.ts";
import { sandboxFolder } from "./sandbox-folder.ts";

/** The flags that say where the trust of an AWS account is read. */
export const trustFlags = {
  trust: {
    kind: "texts",
    value: "FILE",
    doc: "a role as `aws iam get-role` prints it, or a trust policy, one for each role of a chain; for Google the service account's policy",
  },
  provider: {
    kind: "texts",
    value: "FILE",
    doc: "a provider as `aws iam get-open-id-connect-provider` or `gcloud iam workload-identity-pools providers describe` prints it",
  },
  live: {
    kind: "switch",
    doc: "read it from AWS, Google or Entra ID itself, as an administrator, by credentials as the cloud's own tools find them",
  },
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
  if (flags.live) {
    if (wantsSandbox || files.length > 0)
      throw new Fault("USAGE_INVALID", "--live reads the trust from AWS, and from nowhere else");
    const [{ accountTrust }, account] = await Promise.all([
      import("../setup/aws/trust-source.ts"),
      context.compose.awsAccount(ambientRegion(context.environment)?.region ?? "us-east-1"),
    ]);
    return accountTrust(account);
  }
  if (wantsSandbox) return sandboxTrust(sandboxFolder(folder, { paths, workingFolder }));
  if (files.length > 0) return fileSource(flags.trust, flags.provider);
  if (callsThisMachine(context.environment)) {
    context.terminal.say("AWS's calls from here go to this machine: if that is the sandbox, `--sandbox` reads the trust there");
  }
  return null;
}

function callsThisMachine(environment: Environment): boolean {
  const { endpointUrl } = callSettings(NO_CALL_OPTIONS, environment);
  return endpointUrl !== null && URL.canParse(endpointUrl) && isLoopback(new URL(endpointUrl).hostname);
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
