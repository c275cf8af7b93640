import { CLI_CLIENT_ID, ENDPOINTS } from "../../../src/wire/brevet-api/endpoints.ts";
import { EXCHANGE_PARAMETERS } from "../../../src/wire/brevet-api/exchange.ts";
import { ACCESS_TOKEN_TYPE, DEVICE_CODE_GRANT, TOKEN_EXCHANGE_GRANT } from "../../../src/wire/oauth/names.ts";

/*
 * The endpoints of the protocols and of the pages' forms, as an OpenAPI document for who makes requests of it. They are described by
 * their standards; here stands only what makes requests get beyond the first check.
 */

type Schema = Readonly<Record<string, unknown>>;

const TEXT: Schema = { type: "string" };
const words = (...known: readonly string[]): Schema => ({ anyOf: [{ enum: known }, TEXT] });

const CLIENT = { client_id: words(CLI_CLIENT_ID), client_secret: TEXT };
const AUTHORIZATION = {
  ...CLIENT,
  response_type: words("code"),
  redirect_uri: words("http://127.0.0.1:7/callback"),
  scope: words("openid", "openid email offline_access"),
  code_challenge: words("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
  code_challenge_method: words("S256"),
  ...Object.fromEntries(
    ["state", "nonce", "prompt", "max_age", "login_hint", "claims", "acr_values", "resource"].map((name) => [name, TEXT]),
  ),
  ...Object.fromEntries(["id_token_hint", "request_uri", "dpop_jkt", "response_mode", "ui_locales"].map((name) => [name, TEXT])),
};
const TOKEN = {
  ...CLIENT,
  grant_type: words("authorization_code", "refresh_token", DEVICE_CODE_GRANT, TOKEN_EXCHANGE_GRANT),
  ...Object.fromEntries(["code", "redirect_uri", "code_verifier", "refresh_token", "device_code"].map((name) => [name, TEXT])),
  ...Object.fromEntries(EXCHANGE_PARAMETERS.map((name) => [name, TEXT])),
  subject_token_type: words(ACCESS_TOKEN_TYPE),
};

/** Bodies of forms, by path. */
const FORMS: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  [ENDPOINTS.token]: TOKEN,
  [ENDPOINTS.pushedAuthorization]: AUTHORIZATION,
  [ENDPOINTS.authorization]: AUTHORIZATION,
  [ENDPOINTS.deviceAuthorization]: { ...CLIENT, scope: TEXT },
  [ENDPOINTS.deviceCode]: { user_code: TEXT, xsrf: TEXT, confirm: TEXT, abort: TEXT },
  [ENDPOINTS.introspection]: { ...CLIENT, token: TEXT, token_type_hint: words("access_token", "refresh_token") },
  [ENDPOINTS.revocation]: { ...CLIENT, token: TEXT, token_type_hint: words("access_token", "refresh_token") },
  [ENDPOINTS.logout]: { ...CLIENT, id_token_hint: TEXT, post_logout_redirect_uri: TEXT, state: TEXT, logout_hint: TEXT },
  "/recover": { code: TEXT },
  "/sign-out": { form_token: TEXT },
  "/admin/invites": { form_token: TEXT, email: TEXT, name: TEXT, groups: TEXT },
  "/interaction/{uid}/consent": { form_token: TEXT },
};

/** Bodies of JSON, by path. */
const JSONS: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  [ENDPOINTS.registration]: {
    redirect_uris: { type: "array", items: words("https://app.example.com/back") },
    ...Object.fromEntries(
      ["client_name", "scope", "jwks_uri", "client_uri", "sector_identifier_uri"].map((name) => [name, TEXT]),
    ),
    grant_types: { type: "array", items: words("authorization_code", "refresh_token") },
    token_endpoint_auth_method: words("none", "client_secret_basic", "private_key_jwt"),
    jwks: {},
  },
  "/sign-in/begin": {},
  "/sign-in/finish": { handle: TEXT, answer: {} },
  "/invite/{secret}/begin": { email: TEXT, name: TEXT, keyName: TEXT },
  "/invite/{secret}/finish": { handle: TEXT, answer: {}, keyName: TEXT },
};

const QUERIES: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  [ENDPOINTS.authorization]: AUTHORIZATION,
  [ENDPOINTS.logout]: { id_token_hint: TEXT, post_logout_redirect_uri: TEXT, state: TEXT },
  [ENDPOINTS.deviceCode]: { user_code: TEXT },
  [ENDPOINTS.userinfo]: { scope: TEXT },
  "/sign-in": { next: TEXT },
  "/admin": { after: TEXT, invites: TEXT },
  "/invite/{secret}": {},
  "/interaction/{uid}": {},
  [`${ENDPOINTS.registration}/{client}`]: {},
};

/** The document. */
export function protocolDocument(): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  const add = (path: string, method: string, more: Schema, query: Readonly<Record<string, Schema>> = {}): void => {
    const segments = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path", required: true, schema: TEXT }));
    const fields = Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema }));
    const headers = ["Authorization", "DPoP", "Cookie"].map((name) => ({ name, in: "header", schema: TEXT }));
    paths[path] = {
      ...paths[path],
      [method]: { parameters: [...segments, ...fields, ...headers], ...more, responses: { default: { description: "Any." } } },
    };
  };
  const body = (type: string, properties: Schema): Schema => ({
    requestBody: { required: true, content: { [type]: { schema: { type: "object", properties } } } },
  });
  for (const [path, fields] of Object.entries(FORMS)) add(path, "post", body("application/x-www-form-urlencoded", fields));
  for (const [path, fields] of Object.entries(JSONS)) add(path, "post", body("application/json", fields));
  for (const [path, query] of Object.entries(QUERIES)) add(path, "get", {}, query);
  return { openapi: "3.1.0", info: { title: "protocols", version: "1" }, paths };
}
