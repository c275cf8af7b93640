import { sha256 } from "../core/digest.ts";
import type { Http, HttpRequest, HttpResponse } from "../core/http.ts";
import type { RandomBytes } from "../core/random.ts";
import type { SigningKey } from "../core/signer.ts";
import type { EpochSeconds } from "../core/time.ts";
import { encodeBase64url } from "../wire/jwt/base64url.ts";
import { signJwt } from "./sign-jwt.ts";

/** What proofs are made of. */
export interface ProofParts {
  readonly key: () => Promise<SigningKey>;
  readonly now: () => EpochSeconds;
  readonly random: RandomBytes;
}

/**
 * The same Http, whose requests prove the possession of a key, so that tokens can be bound to it: those to a token endpoint, and
 * those that present a bound token, whose proofs name it (`ath`). A server that wants a nonce of its own in the proof is obeyed
 * once.
 *
 * Public documents are fetched without a proof.
 *
 * @see RFC 9449 §4.2, §7, §8, §9
 */
export function provingPossession(http: Http, parts: ProofParts): Http {
  const nonces = new Map<string, string>();
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    const { origin } = new URL(request.url);
    const proof = await makeProof(request, nonces.get(origin) ?? null, parts);
    const answer = await http({ ...request, headers: { ...request.headers, dpop: proof } });
    const nonce = answer.headers["dpop-nonce"];
    if (nonce !== undefined) nonces.set(origin, nonce);
    return answer;
  };
  return async (request) => {
    if (request.method === "GET" && boundToken(request) === null) return http(request);
    const before = nonces.get(new URL(request.url).origin);
    const answer = await send(request);
    const isNew = nonces.get(new URL(request.url).origin) !== before;
    return wantsNonce(answer) && isNew ? send(request) : answer;
  };
}

async function makeProof(request: HttpRequest, nonce: string | null, { key, now, random }: ProofParts): Promise<string> {
  const signingKey = await key();
  const url = new URL(request.url);
  const token = boundToken(request);
  const claims = {
    jti: encodeBase64url(random(16)),
    htm: request.method,
    // §4.2: without query and fragment.
    htu: url.origin + url.pathname,
    iat: now(),
    ...(nonce === null ? {} : { nonce }),
    ...(token === null ? {} : { ath: encodeBase64url(sha256(token)) }),
  };
  return signJwt(signingKey, { typ: "dpop+jwt", jwk: signingKey.jwk }, claims);
}

/** The token that a request presents as bound to a key. */
function boundToken({ headers = {} }: HttpRequest): string | null {
  const [, value] = Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization") ?? [];
  return /^DPoP (.+)$/.exec(value ?? "")?.[1] ?? null;
}

/** §8: a token endpoint says it in the body; §9: a resource in the challenge. */
function wantsNonce({ status, headers, body }: HttpResponse): boolean {
  if (status === 401) return /use_dpop_nonce/.test(headers["www-authenticate"] ?? "");
  return status === 400 && body.includes('"use_dpop_nonce"');
}
