import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** A provider made by hand, which does one thing wrong: `oidc-provider` cannot be had to. */
export interface BadProvider {
  readonly issuer: string;
  readonly requests: string[];
  /** What is wrong from now on. */
  misbehave(fault: Misbehaviour): void;
  /** A new signing key takes the place of the old one; default: under another id. */
  rotateKey(kid?: string): Promise<void>;
  close(): Promise<void>;
}

/** What differs from a good provider; each value replaces or, undefined, removes. */
export interface Misbehaviour {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly metadataBody?: string;
  /** Parameters of the redirect back. */
  readonly answer?: Readonly<Record<string, string | undefined>>;
  /** Claims of the ID token. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Makes the whole ID token of a good one. */
  readonly idToken?: (good: string, publicKey: JWK) => string | undefined | Promise<string | undefined>;
  /** The whole answer of the token endpoint; `null`: it hangs up. */
  readonly tokenAnswer?: { readonly status: number; readonly body: string; readonly retryAfter?: string } | null;
  /** Members of the answer with the code for another device. */
  readonly device?: Readonly<Record<string, unknown>>;
  /** So often the token endpoint answers as {@link tokenAnswer} says, and then as a good one; default: always. */
  readonly times?: number;
}

/** Secrets that no message may show. */
export const PLANTED = ["planted-code-4f1d", "planted-access-token-77ab", "planted-refresh-token-c3d2"] as const;
const [CODE, ACCESS_TOKEN, REFRESH_TOKEN] = PLANTED;

/** In the body of a {@link Misbehaviour.tokenAnswer}: all that the request had sent. */
export const SENT = "{what-was-sent}";

export async function startBadProvider(): Promise<BadProvider> {
  const requests: string[] = [];
  let wrong: Misbehaviour = {};
  let left = 0;
  let nonce: string | null = null;
  let key = await newKey("first");
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", issuer);
    requests.push(`${request.method} ${url.pathname}`);
    const json = (body: unknown, status = 200): void => {
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(typeof body === "string" ? body : JSON.stringify(body));
    };
    if (url.pathname === "/.well-known/openid-configuration") return json(wrong.metadataBody ?? metadata());
    if (url.pathname === "/jwks") return json({ keys: [key.publicJwk] });
    if (url.pathname === "/authorize") return goBack(url, response);
    if (url.pathname === "/device") {
      const code = { device_code: CODE, user_code: "ABCD", verification_uri: `${issuer}/verify` };
      return json({ ...code, expires_in: 60, interval: 1, ...wrong.device });
    }
    if (wrong.tokenAnswer !== undefined && left > 0) {
      left -= 1;
      if (wrong.tokenAnswer === null) return void request.socket.destroy();
      const { status, body, retryAfter } = wrong.tokenAnswer;
      if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
      const sent = JSON.stringify([...new URLSearchParams(await text(request)).values()].join(" ")).slice(1, -1);
      return json(
        body.replaceAll(SENT, () => sent),
        status,
      );
    }
    const tokens = { access_token: ACCESS_TOKEN, token_type: "Bearer", expires_in: 300, refresh_token: REFRESH_TOKEN };
    json({ ...tokens, id_token: await idToken() });
  }

  function metadata() {
    const endpoints = {
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      device_authorization_endpoint: `${issuer}/device`,
      jwks_uri: `${issuer}/jwks`,
    };
    // As Keycloak does, it announces more than a public client may be given.
    const algorithms = { id_token_signing_alg_values_supported: ["RS256", "HS256", "none"] };
    return { issuer, ...endpoints, ...algorithms, authorization_response_iss_parameter_supported: true, ...wrong.metadata };
  }

  function goBack(url: URL, response: ServerResponse): void {
    const { searchParams } = url;
    nonce = searchParams.get("nonce");
    const back = new URL(searchParams.get("redirect_uri") ?? "");
    const parameters = { code: CODE, state: searchParams.get("state") ?? "", iss: issuer, ...wrong.answer };
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) back.searchParams.set(name, value);
    response.writeHead(302, { location: back.href }).end();
  }

  async function idToken(): Promise<string | undefined> {
    const now = Math.floor(Date.now() / 1000);
    const good = { iss: issuer, aud: "cli", sub: "alice", iat: now, exp: now + 300, ...(nonce === null ? {} : { nonce }) };
    const claims = Object.fromEntries(Object.entries({ ...good, ...wrong.claims }).filter(([, value]) => value !== undefined));
    const header = { alg: "RS256", kid: key.publicJwk.kid ?? "", ...wrong.header };
    const token = await new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
    return wrong.idToken === undefined ? token : wrong.idToken(token, key.publicJwk);
  }

  return {
    issuer,
    requests,
    misbehave: (fault) => {
      wrong = fault;
      left = fault.times ?? Number.POSITIVE_INFINITY;
      nonce = null;
    },
    async rotateKey(kid = `after ${key.publicJwk.kid}`) {
      key = await newKey(kid);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function newKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}
