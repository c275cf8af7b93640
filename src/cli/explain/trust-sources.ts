import { isLoopback } from "../../core/loopback.ts";
import type { Environment } from "../../platform/paths.ts";
import { parseTrustPolicy } from "../../trust/aws/policy.ts";
import { IAM_CHANGES } from "../../trust/aws/trust-changes.ts";
import type { AwsProviderFacts, AwsRoleFacts, AwsTrustSource } from "../../trust/aws/trust-source.ts";
import type { AzureTrustSource } from "../../trust/entra/trust-source.ts";
import type { GcpTrustSource } from "../../trust/gcp/trust-source.ts";
import { parseProviderAnswer, parseRoleAnswer } from "../../wire/aws-iam/answers.ts";
import { callSettings, NO_CALL_OPTIONS } from "../../wire/aws-sts/call-settings.ts";
import { ambientRegion } from "../../wire/aws-sts/named-region.ts";
import type { Context, FlagValues } from "../command.ts";
import { readGivenFile } from "../flags/read-given-file.ts";
import { sandboxFolder } from "../flags/sandbox-folder.ts";
import { sandboxAzureTrust, sandboxGcpTrust, sandboxTrust } from "../kinds.ts";
import { azureTrustFiles, azureTrustLive } from "./azure-trust-source.ts";
import { gcpTrustFiles, gcpTrustLive } from "./gcp-trust-source.ts";

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
    excludes: ["trust", "provider", "sandbox", "sandbox-folder"],
  },
  sandbox: {
    kind: "switch",
    doc: "read the trust of the sandbox, whichever cloud it stands in for",
    excludes: ["trust", "provider"],
  },
  "sandbox-folder": {
    kind: "text",
    value: "DIR",
    doc: "the same in another folder than brevet's own",
    excludes: ["trust", "provider"],
  },
} as const;

/** Where the flags say that the trust of a cloud is. */
export type TrustPlace =
  | { readonly kind: "live" }
  /** A sandbox's folder, and whether a flag named it. */
  | { readonly kind: "sandbox"; readonly folder: string; readonly isNamed: boolean }
  | { readonly kind: "files" }
  | { readonly kind: "nowhere" };

/** The place that the flags name. */
export function trustPlaceOf(flags: FlagValues<typeof trustFlags>, world: Pick<Context, "paths" | "workingFolder">): TrustPlace {
  const folder = flags["sandbox-folder"];
  const wantsSandbox = flags.sandbox || folder !== undefined;
  if (flags.live) return { kind: "live" };
  if (wantsSandbox) return { kind: "sandbox", folder: sandboxFolder(folder, world), isNamed: folder !== undefined };
  return { kind: flags.trust.length + flags.provider.length > 0 ? "files" : "nowhere" };
}

/** The trust of an AWS account that is there; null: nowhere. @throws {Fault} `POLICY_INVALID`, `FILE_UNREADABLE` */
export async function awsTrustOf(
  place: TrustPlace,
  files: { readonly trust: readonly string[]; readonly provider: readonly string[] },
  context: Context,
): Promise<AwsTrustSource | null> {
  if (place.kind === "live") {
    const [{ accountTrust }, account] = await Promise.all([
      import("../../setup/aws/trust-source.ts"),
      context.compose.awsAccount(ambientRegion(context.environment)?.region ?? "us-east-1"),
    ]);
    return accountTrust(account);
  }
  if (place.kind === "sandbox") return sandboxTrust(place.folder, place);
  // Of a chain through another cloud, no file is of AWS.
  return files.trust.length + files.provider.length === 0 ? null : fileSource(files.trust, files.provider);
}

/** The trust of a Google Cloud project that is there. @throws {Fault} `POLICY_INVALID`, `FILE_UNREADABLE` */
export async function gcpTrustOf(
  place: TrustPlace,
  files: { readonly trust: readonly string[]; readonly provider: readonly string[] },
  { compose }: Context,
): Promise<GcpTrustSource> {
  if (place.kind === "live") return gcpTrustLive(await compose.googleAdministration());
  return place.kind === "sandbox" ? sandboxGcpTrust(place.folder) : gcpTrustFiles(files.provider, files.trust);
}

/** The trust of a tenant that is there. @throws {Fault} `POLICY_INVALID`, `FILE_UNREADABLE` */
export async function azureTrustOf(
  place: TrustPlace,
  files: { readonly provider: readonly string[] },
  { compose }: Context,
): Promise<AzureTrustSource> {
  if (place.kind === "live") return azureTrustLive(await compose.azureAdministration());
  return place.kind === "sandbox" ? sandboxAzureTrust(place.folder) : azureTrustFiles(files.provider);
}

/** Whether AWS's calls go to this machine, as they do in a shell of the sandbox, whose variables lead every cloud's there. */
export function callsThisMachine(environment: Environment): boolean {
  const { endpointUrl } = callSettings(NO_CALL_OPTIONS, environment);
  return endpointUrl !== null && URL.canParse(endpointUrl) && isLoopback(new URL(endpointUrl).hostname);
}

function fileSource(trust: readonly string[], provider: readonly string[]): AwsTrustSource {
  const roles = trust.map((file) => readRole(file));
  const providers: readonly AwsProviderFacts[] = provider.map((file) => parseProviderAnswer(readGivenFile(file), file));
  return {
    changes: IAM_CHANGES,
    async role(arn): Promise<AwsRoleFacts | "unknown"> {
      const found =
        roles.find((role) => role.arn === arn) ?? (roles.length === 1 ? roles.find((role) => role.arn === null) : undefined);
      return found === undefined ? "unknown" : { ...found, arn };
    },
    permissions: async () => "unknown",
    providers: async () => (providers.length === 0 ? "unknown" : providers),
  };
}

function readRole(file: string) {
  const role = parseRoleAnswer(readGivenFile(file), file);
  parseTrustPolicy(role.trustPolicy);
  return role;
}
