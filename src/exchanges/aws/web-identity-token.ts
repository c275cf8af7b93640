import * as v from "valibot";
import type { Exchange } from "../../core/exchange.ts";
import { Fault } from "../../core/fault.ts";
import type { Place } from "../../core/place.ts";
import { parseDuration, parseUtc } from "../../core/time.ts";
import type { CloudPorts } from "../../platform/http/call-cloud.ts";
import type { Environment } from "../../platform/paths.ts";
import { callSettings, NO_CALL_OPTIONS } from "../../wire/aws-sts/call-settings.ts";
import { webIdentityTokenParameters } from "../../wire/aws-sts/encode-call.ts";
import { stsEndpoint } from "../../wire/aws-sts/endpoint.ts";
import { partitionOfRole } from "../../wire/aws-sts/partitions.ts";
import { parseAudience } from "../../wire/brevet-config/option-values.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { issuedToken } from "../../wire/oauth/issued-token.ts";
import { signWith } from "./assume-role.ts";
import { callSts } from "./sts-call.ts";

/** The `awsToken` block of a profile as it is written; the JSON Schema and the reference are generated from it. */
export const awsTokenOptionsSchema = v.strictObject({
  audience: v.pipe(v.string(), v.description("Audience of the token that AWS signs, such as `api://AzureADTokenExchange`.")),
  duration: v.optional(
    v.pipe(v.union([v.string(), v.number()]), v.description("How long the token lives: 1m to 1h. Default: `5m`.")),
  ),
});

/** The `awsToken` block of a profile once it was checked. */
export interface AwsTokenOptions {
  /** Where these options come from. */
  readonly place: Place;
  readonly audience: string;
  readonly durationSeconds: number;
}

/** In characters. @see STS API Reference, GetWebIdentityToken, `Audience` */
const LONGEST_AUDIENCE = 1000;

/** @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `AUDIENCE_INVALID`, `DURATION_INVALID`. */
export function parseAwsTokenOptions(raw: unknown, where: Place): AwsTokenOptions {
  const { audience, duration = 300 } = parseOptions(awsTokenOptionsSchema, raw, where);
  parseAudience(audience, where.at("audience"), LONGEST_AUDIENCE);
  return {
    place: where,
    audience,
    durationSeconds: parseDuration(duration, { min: 60, max: 3600, where: where.at("duration") }),
  };
}

/** What the exchange is made of. */
export interface AwsTokenParts extends CloudPorts {
  readonly options: AwsTokenOptions;
  readonly environment: Environment;
}

/**
 * Trades the credentials of an AWS role for a token that AWS signs by RS256 as the account's own issuer: the way to verifiers that
 * take RS256 alone, for a key that signs ES256 alone.
 *
 * @throws {Fault} from `request`: `USAGE_INVALID`; from `redeem` what the Exchange port names.
 * @see STS API Reference, GetWebIdentityToken
 */
export function awsTokenExchange(parts: AwsTokenParts): Exchange {
  const { options, clock, environment } = parts;
  return {
    request() {
      throw new Fault("USAGE_INVALID", `a token for ${options.audience} is made for an AWS role: name its profile in \`via\``);
    },
    async redeem(proof) {
      if (proof.kind !== "credentials" || proof.credentials.kind !== "aws") {
        throw new Fault("CREDENTIALS_UNSUPPORTED", "AWS makes tokens for AWS credentials only: name a profile of AWS in `via`");
      }
      const { credentials } = proof;
      const { assumedRoleArn, region } = credentials;
      const settings = callSettings(NO_CALL_OPTIONS, environment, region);
      const text = await callSts(
        {
          action: "GetWebIdentityToken",
          // The global endpoint does not have this action.
          endpoint: stsEndpoint(settings, partitionOfRole(assumedRoleArn), region),
          // AWS gives no token that outlives the session that asks for it.
          parameters: webIdentityTokenParameters(
            options.audience,
            Math.min(options.durationSeconds, credentials.expiresAt - clock.now()),
          ),
          place: options.place,
          subject: `a token for ${options.audience}`,
          secrets: [credentials.secretAccessKey, credentials.sessionToken],
          sign: signWith(credentials, region, clock),
        },
        parts,
      );
      const token = issuedToken("token", text("WebIdentityToken"));
      const now = clock.now();
      const expiresAt = Math.min(parseUtc(text("Expiration")) ?? 0, now + options.durationSeconds);
      if (token === null || expiresAt <= now)
        throw new Fault("RESPONSE_INVALID", "the answer of STS holds no token that still lives");
      return { kind: "bearer", token, audience: options.audience, issuedAt: now, expiresAt };
    },
  };
}
