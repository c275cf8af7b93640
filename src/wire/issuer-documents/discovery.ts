import { isJsonObject, parseJson } from "../../core/json-object.ts";
import type { PublicDocument } from "../../core/publisher.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import { documentInvalid } from "../jwk/jwks.ts";

/** Below the issuer URL. @see OpenID Connect Discovery 1.0 §4 */
export const DISCOVERY_PATH = ".well-known/openid-configuration";

/** Below the issuer URL. The name is ours; verifiers find it through `jwks_uri`. */
export const JWKS_PATH = "keys.json";

/** It changes only with the set of algorithms. */
const CACHE_CONTROL = "public, max-age=3600";

/** The part of a discovery document that verifiers use. */
export interface Discovery {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly algorithms: readonly string[];
}

/**
 * The discovery document of a device's issuer. It names what a verifier of ID tokens needs, and no endpoint: this
 * issuer has no authorisation server behind it, only a key.
 *
 * @param algorithms of the keys that are in the JWKS.
 * @see OpenID Connect Discovery 1.0 §3
 */
export function discoveryDocument(issuer: string, algorithms: readonly SignatureAlgorithm[]): PublicDocument {
  const metadata = {
    issuer,
    jwks_uri: `${issuer}/${JWKS_PATH}`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: algorithms,
    claims_supported: ["iss", "sub", "aud", "iat", "exp", "jti"],
  };
  return {
    path: DISCOVERY_PATH,
    contentType: "application/json",
    cacheControl: CACHE_CONTROL,
    body: `${JSON.stringify(metadata, null, 2)}\n`,
  };
}

/**
 * Reads a discovery document.
 *
 * @param where names the document in the message: a URL or a path.
 * @throws {Fault} `ISSUER_DOCUMENT_INVALID` if it lacks `issuer` or `jwks_uri`.
 */
export function parseDiscovery(body: string, where: string): Discovery {
  const value = parseJson(body, (cause) => documentInvalid(`${where} is not JSON`, cause));
  const metadata = isJsonObject(value) ? value : {};
  const { issuer, jwks_uri: jwksUri, id_token_signing_alg_values_supported: algorithms } = metadata;
  if (typeof issuer !== "string") throw documentInvalid(`${where} has no "issuer"`);
  if (typeof jwksUri !== "string") throw documentInvalid(`${where} has no "jwks_uri"`);
  return { issuer, jwksUri, algorithms: Array.isArray(algorithms) ? algorithms.filter((one) => typeof one === "string") : [] };
}
