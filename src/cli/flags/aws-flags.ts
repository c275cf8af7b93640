import { Fault } from "../../core/fault.ts";
import { reading } from "../../platform/file-faults.ts";
import { readPlainText } from "../../platform/plain-file.ts";
import type { FlagValues } from "../command.ts";
import type { ProfileSelection } from "../resolve-profile.ts";

/** The flags of every command that gets AWS credentials: which profile, and what differs from it this once. */
export const awsFlags = {
  profile: { kind: "text", value: "NAME", short: "p", doc: "the profile; default: $BREVET_PROFILE, else the only one" },
  role: { kind: "text", value: "ARN", doc: "this role in place of the profile's, or with no profile at all" },
  identity: {
    kind: "text",
    value: "NAME",
    doc: "the identity that proves it, for --role without a profile; default: the only one",
  },
  saml: { kind: "switch", doc: "by a SAML assertion of its provider, for --role without a profile" },
  region: { kind: "text", value: "REGION", doc: "the region of the STS endpoint and of the credentials" },
  duration: { kind: "text", value: "TIME", doc: "how long the credentials live, 15m to 12h; default 1h" },
  "session-name": { kind: "text", value: "NAME", doc: "the session name in CloudTrail" },
  "read-only": { kind: "switch", doc: "no more rights than AWS's ReadOnlyAccess policy gives" },
  policy: { kind: "text", value: "FILE", doc: "a session policy: no more rights than this JSON file gives" },
  "policy-arn": { kind: "texts", value: "ARN", doc: "a managed policy as session policy" },
  "endpoint-url": { kind: "text", value: "URL", doc: "another STS endpoint; default: $AWS_ENDPOINT_URL_STS, else the region's" },
  renew: { kind: "switch", doc: "a new exchange, whatever is cached; if it fails, so does this" },
} as const;

/**
 * The flags as the selection of a profile and the values that replace its own.
 *
 * @param word the profile that is named without a flag.
 * @throws {Fault} `USAGE_INVALID` for two profiles; what reading the session policy raises.
 */
export function awsSelection(flags: FlagValues<typeof awsFlags>, word?: string): ProfileSelection {
  if (word !== undefined && flags.profile !== undefined && word !== flags.profile) {
    throw new Fault("USAGE_INVALID", `two profiles are named: "${word}", and by --profile "${flags.profile}"`, {
      hints: ["leave one of them out; the program of `brevet exec` comes after two dashes"],
    });
  }
  const given = {
    roleArn: flags.role,
    saml: flags.saml ? {} : undefined,
    region: flags.region,
    duration: flags.duration,
    sessionName: flags["session-name"],
    readOnly: flags["read-only"] || undefined,
    policy: flags.policy === undefined ? undefined : readPolicy(flags.policy),
    policyArns: flags["policy-arn"].length === 0 ? undefined : flags["policy-arn"],
    endpointUrl: flags["endpoint-url"],
  };
  const overrides: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) if (value !== undefined) overrides[key] = value;
  return { profile: word ?? flags.profile, identity: flags.identity, overrides, typed: TYPED };
}

/** The flag behind each key that can be overridden: a message names what the person typed. */
const TYPED: Readonly<Record<string, string>> = {
  roleArn: "--role",
  region: "--region",
  duration: "--duration",
  sessionName: "--session-name",
  policy: "--policy",
  policyArns: "--policy-arn",
  endpointUrl: "--endpoint-url",
};

/** Not by `readGivenFile`: every cached call loads this file and its imports, and a policy is not read from stdin. */
function readPolicy(file: string): string {
  return reading(file, () => readPlainText(file), `the session policy ${file}`);
}
