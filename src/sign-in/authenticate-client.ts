import { type ClientAuth, ClientSecretBasic, ClientSecretPost, None, TlsClientAuth } from "openid-client";
import type { Http } from "../core/http.ts";
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

/** A client that can prove itself: by what the library prepares once, and by what is made for each attempt to send it. */
export interface ProvenClient {
  readonly authenticate: ClientAuth;
  readonly http: Http;
}

interface ProofParts {
  readonly now: () => EpochSeconds;
  readonly random: RandomBytes;
}

/** The key of `private_key_jwt` signs through the Signer port, and never leaves where it is. */
export async function authenticateClient(
  authentication: ClientAuthentication,
  http: Http,
  parts: ProofParts,
): Promise<ProvenClient> {
  switch (authentication.method) {
    case "none":
      return { authenticate: None(), http };
    case "client_secret_basic":
      return { authenticate: ClientSecretBasic((await authentication.secret()).reveal()), http };
    case "client_secret_post":
      return { authenticate: ClientSecretPost((await authentication.secret()).reveal()), http };
    case "tls_client_auth":
      return { authenticate: TlsClientAuth(), http };
    case "private_key_jwt":
      return assertingClient(authentication.key, http, parts);
  }
}

/** Seconds. */
const ASSERTION_LIFE = 60;

/**
 * A provider may take an assertion once, also where it refuses what came with it: a request that is sent again, later or with the nonce
 * that was wanted, has one of its own.
 *
 * @see RFC 7523 §3, `jti`
 */
function assertingClient(key: () => Promise<SigningKey>, http: Http, { now, random }: ProofParts): ProvenClient {
  let audience = "";
  const assertion = async (clientId: string): Promise<string> => {
    const signingKey = await key();
    const iat = now();
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: audience,
      jti: encodeBase64url(random(16)),
      iat,
      exp: iat + ASSERTION_LIFE,
    };
    return signJwt(signingKey, { kid: signingKey.kid, typ: "JWT" }, claims);
  };
  return {
    authenticate: (server, client, body) => {
      audience = server.issuer;
      body.set("client_id", client.client_id);
      body.set("client_assertion_type", JWT_CLIENT_ASSERTION);
    },
    async http(request) {
      if (typeof request.body !== "string") return http(request);
      const form = new URLSearchParams(request.body);
      if (form.get("client_assertion_type") !== JWT_CLIENT_ASSERTION) return http(request);
      form.set("client_assertion", await assertion(form.get("client_id") ?? ""));
      return http({ ...request, body: form.toString() });
    },
  };
}
