import type { AwsCredentials } from "../../core/credentials.ts";
import { type AssertionProof, type Exchange, tokenOfAssertion } from "../../core/exchange.ts";
import { Fault } from "../../core/fault.ts";
import type { Assertion, AssertionRequest } from "../../core/identity.ts";
import { formatDuration } from "../../core/time.ts";
import type { CloudPorts } from "../../platform/http/call-cloud.ts";
import type { Environment } from "../../platform/paths.ts";
import { callSettings } from "../../wire/aws-sts/call-settings.ts";
import { stsEndpoint } from "../../wire/aws-sts/endpoint.ts";
import { ambientRegion } from "../../wire/aws-sts/named-region.ts";
import { partitionOfRole, requireSamePartition } from "../../wire/aws-sts/partitions.ts";
import type { AwsOptions, SamlOptions } from "./options.ts";
import { parseSessionCredentials } from "./session-credentials.ts";
import { sessionParameters } from "./session-parameters.ts";
import { callSts, type StsCall } from "./sts-call.ts";

/** What an AWS exchange is made of. */
export interface AwsExchangeParts extends CloudPorts {
  readonly options: AwsOptions;
  /** Only AWS's variables that say where to call are read; its keys and tokens never are. */
  readonly environment: Environment;
  readonly warn: (line: string) => void;
  /** Who the credentials are for; becomes the session's name. Null where only the cloud will know. */
  readonly subject: string | null;
}

/** From here on a third of the life is at least 10 minutes, which every SDK's own refresh can live with. */
const SHORT_LIFE_SECONDS = 1800;
/** AWS STS API Reference, `AssumeRole`: "role chaining … limits your role session to a maximum of one hour". */
const MAX_CHAINED_SECONDS = 3600;

/** What AWS suggests for an OIDC provider that is registered for it. */
const DEFAULT_AUDIENCE = "sts.amazonaws.com";

/**
 * Redeems an assertion at AWS STS by `AssumeRoleWithWebIdentity` or `AssumeRoleWithSAML`, which are unsigned, or another role's
 * credentials by `AssumeRole`.
 *
 * @throws {Fault} from `request` and `redeem`: `PARTITION_MISMATCH`, `REGION_INVALID`, `ARN_INVALID`, `URL_INVALID`; from `redeem`
 * also `DURATION_INVALID` for a chained session above one hour, and what the Exchange port names.
 */
export function awsExchange(parts: AwsExchangeParts): Exchange {
  const { options } = parts;
  let warned = false;
  const warnOnce = (): void => {
    if (options.durationSeconds >= SHORT_LIFE_SECONDS || warned) return;
    warned = true;
    const life = formatDuration(options.durationSeconds);
    parts.warn(
      `credentials that live ${life} are renewed after ${formatDuration((options.durationSeconds * 2) / 3)}; 30m or more disturb less`,
    );
  };
  return {
    request() {
      // Checked here already, so that nobody touches a key for a call that cannot be made.
      locate(parts, null);
      return assertionRequest(options);
    },
    async redeem(proof) {
      warnOnce();
      if (proof.kind === "assertion") {
        requireNoExternalId(options);
        return options.saml === null ? redeemAssertion(parts, proof) : redeemSaml(parts, options.saml, proof.assertion);
      }
      if (proof.credentials.kind !== "aws") {
        throw new Fault("CREDENTIALS_UNSUPPORTED", `the role ${options.role.text} can be reached via AWS credentials only`);
      }
      return chainRole(parts, proof.credentials);
    },
  };
}

/** @throws {Fault} `CONFIG_MALFORMED`: left out in silence, it would be thought to be asked for. */
function requireNoExternalId({ externalId, place }: AwsOptions): void {
  if (externalId === null) return;
  throw new Fault("CONFIG_MALFORMED", `${place.at("externalId")} has no effect without "via": only AssumeRole takes one`, {
    hints: ["remove it, or reach the role through another profile by `via`"],
  });
}

function assertionRequest(options: AwsOptions): AssertionRequest {
  if (options.saml !== null) return { audience: options.saml.audience, form: "saml", algorithms: ["RS256"] };
  const hasTags = Object.keys(options.tags).length > 0;
  return {
    audience: options.audience ?? DEFAULT_AUDIENCE,
    ...(options.audience === null ? { audienceIsDefault: true } : {}),
    form: "jwt",
    algorithms: ["ES256", "RS256"],
    ...(options.pinRole ? { forRole: options.role.text } : {}),
    ...(hasTags ? { tags: { principal: options.tags, transitive: options.transitiveTags } } : {}),
    ...(options.sourceIdentity === null ? {} : { sourceIdentity: options.sourceIdentity }),
  };
}

interface Place {
  readonly region: string;
  readonly endpoint: string;
}

function locate({ options, environment }: AwsExchangeParts, regionOfVia: string | null): Place {
  const settings = callSettings(options, environment, regionOfVia);
  const partition = partitionOfRole(options.role.text);
  const region = settings.region ?? partition.defaultRegion;
  const ambient = regionOfVia === null ? ambientRegion(environment)?.namedBy : "the profile in `via`";
  const namedBy = options.region === null ? ambient : options.place.at("region");
  if (namedBy !== undefined) requireSamePartition(region, partition, options.role.text, namedBy);
  return { region, endpoint: stsEndpoint(settings, partition, region) };
}

async function redeemAssertion(parts: AwsExchangeParts, proof: AssertionProof): Promise<AwsCredentials> {
  const { options, subject } = parts;
  return assumeRole(parts, locate(parts, null), {
    action: "AssumeRoleWithWebIdentity",
    parameters: sessionParameters(options, subject ?? proof.assertion.subject ?? null),
    token: tokenOfAssertion(proof),
    secrets: [],
  });
}

async function redeemSaml(parts: AwsExchangeParts, saml: SamlOptions, assertion: Assertion): Promise<AwsCredentials> {
  const { options, clock, warn } = parts;
  const place = locate(parts, null);
  const { samlParameters } = await import("./assume-role-with-saml.ts");
  const given = await assertion.value;
  const { parameters, secret } = samlParameters(given, { ...options, saml }, { now: clock.now(), warn });
  return assumeRole(parts, place, { action: "AssumeRoleWithSAML", parameters, secrets: [given, secret] });
}

async function chainRole(parts: AwsExchangeParts, credentials: AwsCredentials): Promise<AwsCredentials> {
  const { options, subject, clock } = parts;
  if (options.durationSeconds > MAX_CHAINED_SECONDS) {
    const asked = formatDuration(options.durationSeconds);
    throw new Fault(
      "DURATION_INVALID",
      `${options.role.text} is reached via another role, and AWS gives such a session 1h, not ${asked}`,
      {
        hints: [`set ${options.place.at("duration")} to \`1h\``],
      },
    );
  }
  const place = locate(parts, credentials.region || null);
  const { chainParameters, signWith } = await import("./assume-role.ts");
  return assumeRole(parts, place, {
    action: "AssumeRole",
    parameters: { ...sessionParameters(options, subject), ...chainParameters(options) },
    secrets: [credentials.secretAccessKey, credentials.sessionToken],
    sign: signWith(credentials, place.region, clock),
  });
}

/** Calls STS by one of its ways to assume a role, and takes the session that it answers with. */
async function assumeRole(
  parts: AwsExchangeParts,
  { region, endpoint }: Place,
  call: Omit<StsCall, "endpoint" | "subject" | "place">,
): Promise<AwsCredentials> {
  const { role, place } = parts.options;
  const result = await callSts({ ...call, endpoint, subject: role.text, place }, parts);
  return parseSessionCredentials(result, { role, endpoint, region, now: parts.clock.now(), warn: parts.warn });
}
