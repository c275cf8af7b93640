/* Names of OAuth that are URNs: what a grant, a token and a client assertion are called in a request. */

/** RFC 8693 §2.1 */
export const TOKEN_EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
/** RFC 8628 §3.4 */
export const DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** RFC 7523 §2.1 */
export const JWT_BEARER_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** RFC 7523 §2.2 */
export const JWT_CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** RFC 8693 §3 */
export const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
export const ID_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:id_token";
export const JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt";
export const SAML2_TYPE = "urn:ietf:params:oauth:token-type:saml2";
