import { type Exchange, tokenOf } from "../../core/exchange.ts";
import { isJsonObject, parseJsonObject } from "../../core/json-object.ts";
import type { Secret } from "../../core/secret.ts";
import { type CloudAnswer, type CloudLayout, type CloudPorts, callCloud } from "../../platform/http/call-cloud.ts";
import { issuedToken, statedLife } from "../../wire/oauth/issued-token.ts";
import { JWT_BEARER_GRANT, JWT_TYPE, TOKEN_EXCHANGE_GRANT } from "../../wire/oauth/names.ts";
import type { OauthOptions } from "./options.ts";

/** What an exchange at any OAuth endpoint is made of. */
export interface OauthExchangeParts extends CloudPorts {
  readonly options: OauthOptions;
}

interface IssuedToken {
  readonly token: Secret<string>;
  readonly lifeSeconds: number;
}

/** Vault has words for a refusal and no codes. */
const LOGIN_REFUSED = "login_refused";
/** A token without a stated life is used at once and not kept for long. */
const UNSTATED_LIFE_SECONDS = 60;
/** A longer life counts as this much. Vault's tokens live for 32 days, unless a role says less. */
const LONGEST_LIFE_SECONDS = 30 * 86_400;

/**
 * Redeems a token at any endpoint that takes it as subject token (RFC 8693), as authorization grant (RFC 7523 §2.1), or at HashiCorp
 * Vault's JWT login. What comes back is a bearer token: `brevet token --profile NAME` prints it.
 *
 * @throws {Fault} from `redeem` what the Exchange port names.
 */
export function oauthExchange(parts: OauthExchangeParts): Exchange {
  const { options, clock } = parts;
  const { host } = new URL(options.url);
  return {
    request: () => ({ audience: options.audience, form: "jwt", algorithms: options.algorithms }),
    async redeem(proof) {
      const { token, lifeSeconds } = await callCloud<IssuedToken>(
        {
          service: `the endpoint of ${host}`,
          cloud: host,
          keepsTime: false,
          subject: `the audience ${options.audience}`,
          endpoint: options.url,
          place: options.place,
          proof: tokenOf(proof, `token for ${host}`),
          secrets: [],
          request: async (jwt) => requestOf(options, jwt),
          async reader() {
            return ({ body }) => (options.grant === "vault" ? readVault(body) : readOauth(body));
          },
          advise: ({ code }) => ({
            means: null,
            hints: [
              ...(options.grant === "vault" ? ["look at {parameters} and {url}: the role, and where the method is mounted"] : []),
              { lookAtToken: "see what the token says" },
            ],
            transient: code === "temporarily_unavailable",
            judgesTimes: code === "invalid_grant" || code === LOGIN_REFUSED,
          }),
          endpointHints: {
            loopback: () => "look at {url}: nothing answers there",
            unknownName: "look at {url}",
            foreign: "look at {url}: it has to be the token endpoint itself",
          },
        },
        parts,
      );
      const issuedAt = clock.now();
      return { kind: "bearer", token, audience: options.audience, issuedAt, expiresAt: issuedAt + lifeSeconds };
    },
  };
}

function requestOf({ grant, parameters }: OauthOptions, jwt: string): CloudLayout {
  if (grant === "vault") {
    const headers = { "content-type": "application/json", accept: "application/json", "user-agent": "brevet" };
    return { method: "POST", headers, body: JSON.stringify({ ...parameters, jwt }) };
  }
  const own =
    grant === "jwt-bearer"
      ? { grant_type: JWT_BEARER_GRANT, assertion: jwt }
      : { grant_type: TOKEN_EXCHANGE_GRANT, subject_token: jwt, subject_token_type: JWT_TYPE };
  const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json", "user-agent": "brevet" };
  return { method: "POST", headers, body: new URLSearchParams({ ...parameters, ...own }).toString() };
}

/** RFC 6749 §5.1 and §5.2; RFC 8693 §2.2. */
function readOauth(body: string): CloudAnswer<IssuedToken> {
  const answer = parseJsonObject(body);
  const { error, error_description: description, access_token: token, expires_in: seconds } = answer ?? {};
  if (typeof error === "string")
    return { kind: "error", code: error, message: typeof description === "string" ? description : "" };
  return issued(token, seconds);
}

/** Vault API, "JWT/OIDC auth method", Login: `{"auth": {"client_token", "lease_duration"}}`, or `{"errors": [text]}`. */
function readVault(body: string): CloudAnswer<IssuedToken> {
  const answer = parseJsonObject(body);
  const { errors } = answer ?? {};
  if (Array.isArray(errors))
    return { kind: "error", code: LOGIN_REFUSED, message: errors.filter((text) => typeof text === "string").join("; ") };
  const auth = answer?.["auth"];
  if (!isJsonObject(auth)) return null;
  const { client_token: token, lease_duration: seconds } = auth;
  return issued(token, seconds);
}

function issued(text: unknown, seconds: unknown): CloudAnswer<IssuedToken> {
  const token = issuedToken("token", text);
  const lifeSeconds = statedLife(seconds ?? UNSTATED_LIFE_SECONDS);
  if (token === null || lifeSeconds === null) return null;
  return { kind: "result", value: { token, lifeSeconds: Math.min(lifeSeconds, LONGEST_LIFE_SECONDS) } };
}
