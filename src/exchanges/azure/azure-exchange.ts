import { type Exchange, tokenOf } from "../../core/exchange.ts";
import { sandboxMovedHint } from "../../core/shell-variables.ts";
import { type CloudPorts, callCloud } from "../../platform/http/call-cloud.ts";
import type { Environment } from "../../platform/paths.ts";
import { azureCloud } from "../../wire/azure/clouds.ts";
import { JWT_CLIENT_ASSERTION } from "../../wire/oauth/names.ts";
import { readEntraAnswer } from "./answer.ts";
import { type AzureOptions, parseAuthority } from "./options.ts";
import { azureAdvice } from "./refusals.ts";

/** What an Azure exchange is made of. */
export interface AzureExchangeParts extends CloudPorts {
  readonly options: AzureOptions;
  readonly environment: Environment;
}

/**
 * Redeems a token at Entra ID as the client assertion of an app registration or a user-assigned identity.
 *
 * @throws {Fault} from `request` and `redeem`: `URL_INVALID`; from `redeem` what the Exchange port names.
 * @see RFC 7523 §2.2; Microsoft identity platform, "client credentials flow with a federated credential"
 */
export function azureExchange(parts: AzureExchangeParts): Exchange {
  const { options, clock, environment } = parts;
  const authority = (): string =>
    options.authorityHost ?? parseAuthority(environment["AZURE_AUTHORITY_HOST"] || DEFAULT_AUTHORITY, "AZURE_AUTHORITY_HOST");
  return {
    request() {
      // Checked here already, so that nobody touches a key for a call that cannot be made.
      authority();
      return { audience: options.audience, form: "jwt", algorithms: ["RS256"] };
    },
    async redeem(proof) {
      const issuedAt = clock.now();
      const scope = options.scope ?? `${azureCloud(authority()).management}.default`;
      const { token, expiresAt } = await callCloud(
        {
          service: "Entra ID",
          cloud: "Microsoft",
          keepsTime: true,
          subject: `the application ${options.clientId}`,
          endpoint: `${authority()}${options.tenantId}/oauth2/v2.0/token`,
          place: options.place,
          proof: tokenOf(proof, `client assertion of ${options.clientId}`, VIA_HINTS),
          secrets: [],
          request: async (assertion) => ({
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded", "user-agent": "brevet" },
            body: new URLSearchParams({
              grant_type: "client_credentials",
              client_id: options.clientId,
              scope,
              client_assertion_type: JWT_CLIENT_ASSERTION,
              client_assertion: assertion,
            }).toString(),
          }),
          async reader() {
            return ({ body }) => readEntraAnswer(body, clock.now());
          },
          advise: ({ code }) => azureAdvice(code),
          endpointHints: {
            loopback: () => sandboxMovedHint(),
            unknownName: "look at {authorityHost}, and AZURE_AUTHORITY_HOST",
            foreign: "see whether a proxy or a login page of the network stands before it",
          },
        },
        parts,
      );
      const { tenantId, clientId, subscriptionId } = options;
      return { kind: "azure", accessToken: token, tenantId, clientId, scope, subscriptionId, issuedAt, expiresAt };
    },
  };
}

const DEFAULT_AUTHORITY = "https://login.microsoftonline.com/";
const VIA_HINTS = ["let `via` name a profile with an `awsToken` block: AWS signs RS256 tokens for a role"];
