import type { GcpCredentials } from "../../core/credentials.ts";
import { type Exchange, type ProofToken, tokenOf } from "../../core/exchange.ts";
import { sandboxMovedHint } from "../../core/shell-variables.ts";
import { type CloudCall, type CloudPorts, callCloud } from "../../platform/http/call-cloud.ts";
import type { Environment } from "../../platform/paths.ts";
import { providerAudience } from "../../trust/gcp/provider-name.ts";
import { ACCESS_TOKEN_TYPE, JWT_TYPE, TOKEN_EXCHANGE_GRANT } from "../../wire/oauth/names.ts";
import { type AccessToken, readGenerateAnswer, readStsAnswer } from "./answers.ts";
import { gcpEndpoints } from "./endpoints.ts";
import type { GcpOptions } from "./options.ts";
import { iamAdvice, stsAdvice } from "./refusals.ts";

/** What a Google Cloud exchange is made of. */
export interface GcpExchangeParts extends CloudPorts {
  readonly options: GcpOptions;
  readonly environment: Environment;
}

/** What a federated token needs in order to ask for a service account's. */
const IMPERSONATION_SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/**
 * Redeems a token at Google's Security Token Service for a federated access token, and, where the profile names a service
 * account, this one at the IAM Credentials API for an access token of that account.
 *
 * @throws {Fault} from `request` and `redeem`: `URL_INVALID`; from `redeem` what the Exchange port names.
 * @see Security Token Service API v1, `token`; IAM Service Account Credentials API v1, `generateAccessToken`; RFC 8693 §2
 */
export function gcpExchange(parts: GcpExchangeParts): Exchange {
  const { options, environment } = parts;
  return {
    request() {
      // Checked here already, so that nobody touches a key for a call that cannot be made.
      gcpEndpoints(options, environment);
      return { audience: options.audience, form: "jwt", algorithms: ["ES256", "RS256"] };
    },
    async redeem(proof) {
      const issuedAt = parts.clock.now();
      const federated = await exchangeToken(parts, tokenOf(proof, `token for ${options.provider}`));
      const { token, expiresAt } =
        options.serviceAccount === null ? federated : await impersonate(parts, federated, options.serviceAccount);
      const principal = options.serviceAccount ?? options.provider;
      return {
        kind: "gcp",
        accessToken: token,
        principal,
        project: options.project,
        issuedAt,
        expiresAt,
      } satisfies GcpCredentials;
    },
  };
}

async function exchangeToken(parts: GcpExchangeParts, subject: ProofToken): Promise<AccessToken> {
  const { options, clock } = parts;
  const scopes = options.serviceAccount === null ? options.scopes : [IMPERSONATION_SCOPE];
  return call(parts, {
    service: "Google's STS",
    subject: options.provider,
    endpoint: `${gcpEndpoints(options, parts.environment).sts}v1/token`,
    proof: subject,
    secrets: [],
    request: async (token) => ({
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "user-agent": "brevet" },
      body: new URLSearchParams({
        grant_type: TOKEN_EXCHANGE_GRANT,
        audience: providerAudience(options.provider),
        scope: scopes.join(" "),
        requested_token_type: ACCESS_TOKEN_TYPE,
        subject_token_type: JWT_TYPE,
        subject_token: token,
      }).toString(),
    }),
    async reader() {
      return ({ body }) => readStsAnswer(body, clock.now());
    },
    advise: ({ code }) => stsAdvice(code),
  });
}

async function impersonate(parts: GcpExchangeParts, federated: AccessToken, email: string): Promise<AccessToken> {
  const { options, clock } = parts;
  return call(parts, {
    service: "Google's IAM Credentials API",
    subject: email,
    endpoint: `${gcpEndpoints(options, parts.environment).iamCredentials}v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
    proof: { value: Promise.resolve(federated.token) },
    secrets: [],
    request: async (token) => ({
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "user-agent": "brevet",
      },
      body: JSON.stringify({ scope: options.scopes, lifetime: `${options.durationSeconds ?? 3600}s` }),
    }),
    async reader() {
      return ({ body }) => readGenerateAnswer(body, clock.now());
    },
    advise: ({ code }) => iamAdvice(code),
  });
}

function call<T>(
  parts: GcpExchangeParts,
  about: Omit<CloudCall<T>, "cloud" | "keepsTime" | "endpointHints" | "place">,
): Promise<T> {
  const endpointHints = {
    loopback: () => sandboxMovedHint(),
    unknownName: "look at `stsUrl` and `iamCredentialsUrl` of {}, and CLOUDSDK_API_ENDPOINT_OVERRIDES_STS",
    foreign: "see whether a proxy or a login page of the network stands before it",
  };
  return callCloud({ ...about, place: parts.options.place, cloud: "Google", keepsTime: true, endpointHints }, parts);
}
