import type { ClientMetadata } from "oidc-provider";
import { CLI_CLIENT_ID } from "../../wire/brevet-api/endpoints.ts";
import { DEVICE_CODE_GRANT, TOKEN_EXCHANGE_GRANT } from "../../wire/oauth/names.ts";

/** The clients that every server has: brevet's own command line, which any machine may be. It holds no secret but its DPoP key. */
export function builtInClients(): readonly ClientMetadata[] {
  return [
    {
      client_id: CLI_CLIENT_ID,
      client_name: "brevet",
      application_type: "native",
      token_endpoint_auth_method: "none",
      // RFC 8252 §7.3: any port of the loopback interface.
      redirect_uris: ["http://127.0.0.1/callback", "http://[::1]/callback"],
      grant_types: ["authorization_code", "refresh_token", DEVICE_CODE_GRANT, TOKEN_EXCHANGE_GRANT],
      response_types: ["code"],
      id_token_signed_response_alg: "ES256",
      dpop_bound_access_tokens: true,
    },
  ];
}

/** Whether a client is of this server itself, so that signing in to it is consent enough. */
export function isBuiltIn(clientId: string): boolean {
  return clientId === CLI_CLIENT_ID;
}
