import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import type { PublicDocument } from "../../core/publisher.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";

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

const HINTS = [
  "where it is published, brevet writes over nothing that it cannot read: mend or delete it there, then `brevet issuer publish`",
  "`brevet issuer generate` makes the copy of this machine anew; `--output DIR` shows what it should look like",
];

/**
 * Reads a discovery document.
 *
 * @param where names the document in the message: a URL or a path.
 * @throws {Fault} `ISSUER_DOCUMENT_INVALID` if it lacks `issuer` or `jwks_uri`.
 */
export function parseDiscovery(body: string, where: string): Discovery {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new Fault("ISSUER_DOCUMENT_INVALID", `${where} is not JSON`, { cause, hints: HINTS });
  }
  const metadata = isJsonObject(value) ? value : {};
  const { issuer, jwks_uri: jwksUri, id_token_signing_alg_values_supported: algorithms } = metadata;
  if (typeof issuer !== "string") throw new Fault("ISSUER_DOCUMENT_INVALID", `${where} has no "issuer"`, { hints: HINTS });
  if (typeof jwksUri !== "string") throw new Fault("ISSUER_DOCUMENT_INVALID", `${where} has no "jwks_uri"`, { hints: HINTS });
  return { issuer, jwksUri, algorithms: Array.isArray(algorithms) ? algorithms.filter((one) => typeof one === "string") : [] };
}
