import { type ClientAuth, ClientSecretBasic, ClientSecretPost, None, TlsClientAuth } from "openid-client";
import type { RandomBytes } from "../core/random.ts";
import type { Secret } from "../core/secret.ts";
import type { SigningKey } from "../core/signer.ts";
import type { EpochSeconds } from "../core/time.ts";
import { encodeBase64url } from "../wire/jwt/base64url.ts";
import { JWT_CLIENT_ASSERTION } from "../wire/oauth/names.ts";
import { signJwt } from "./sign-jwt.ts";

/** How the client proves to the provider that it is the one that was registered. OpenID Connect Core 1.0 §9; RFC 8705. */
export type ClientAuthentication =
  | { readonly method: "none" }
  | { readonly method: "client_secret_basic" | "client_secret_post"; readonly secret: () => Promise<Secret<string>> }
  | { readonly method: "private_key_jwt"; readonly key: () => Promise<SigningKey> }
  /** The certificate is the Http port's business. */
  | { readonly method: "tls_client_auth" };

/** Seconds; it is made for one request. */
const ASSERTION_LIFE = 60;

/** The library's form of it. The key of `private_key_jwt` signs through the Signer port, and never leaves where it is. */
export async function authenticateClient(
  authentication: ClientAuthentication,
  { now, random }: { readonly now: () => EpochSeconds; readonly random: RandomBytes },
): Promise<ClientAuth> {
  switch (authentication.method) {
    case "none":
      return None();
    case "client_secret_basic":
      return ClientSecretBasic((await authentication.secret()).reveal());
    case "client_secret_post":
      return ClientSecretPost((await authentication.secret()).reveal());
    case "tls_client_auth":
      return TlsClientAuth();
    case "private_key_jwt":
      // The library awaits what this returns, as it does for its own signed assertions.
      return async (server, client, body) => {
        const key = await authentication.key();
        const iat = now();
        const claims = {
          iss: client.client_id,
          sub: client.client_id,
          aud: server.issuer,
          jti: encodeBase64url(random(16)),
          iat,
          exp: iat + ASSERTION_LIFE,
        };
        body.set("client_id", client.client_id);
        body.set("client_assertion_type", JWT_CLIENT_ASSERTION);
        body.set("client_assertion", await signJwt(key, { kid: key.kid, typ: "JWT" }, claims));
      };
  }
}
