import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import type { BearerCredentials } from "../../src/core/credentials.ts";
import { Fault } from "../../src/core/fault.ts";
import { placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import { oauthExchange } from "../../src/exchanges/oauth/oauth-exchange.ts";
import { parseOauthOptions } from "../../src/exchanges/oauth/options.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { NO_PAUSES } from "../no-pauses.ts";

const JWT = "eyJhbGciOiJFUzI1NiJ9.c2VjcmV0LXBheWxvYWQ.c2VjcmV0LXNpZ25hdHVyZQ";
/** One header more in a request that it is written into, and a title for the terminal that it is shown on. */
const BREAKS_OUT = "abc\r\nX-Injected: 1\u001b]0;pwned\u0007";
let server: Server;
let base: string;
let serverOffsetSeconds = 0;
/** The endpoints check what their standards ask for; anything else is refused with the token in the words. */
before(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { status, answer } = route(request.url ?? "", request.headers["content-type"] ?? "", body);
      const date = new Date(Date.now() + serverOffsetSeconds * 1000).toUTCString();
      response.writeHead(status, { "content-type": "application/json", date }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

function route(path: string, type: string, body: string): { readonly status: number; readonly answer: unknown } {
  if (path.startsWith("/breaks-out")) {
    const [access_token, expires_in] = [BREAKS_OUT, 600];
    return { status: 200, answer: { access_token, expires_in, auth: { client_token: BREAKS_OUT, lease_duration: 600 } } };
  }
  const said = new URLSearchParams(path.split("?")[1]).get("says");
  if (said !== null)
    return { status: path.startsWith("/busy") ? 503 : path.startsWith("/no") ? 400 : 200, answer: JSON.parse(said) };
  if (path === "/v1/auth/jwt/login") {
    const { jwt, role } = JSON.parse(body) as { jwt: string; role: string };
    if (jwt === JWT && role === "dev")
      return { status: 200, answer: { auth: { client_token: "hvs.dev", lease_duration: 2764800 / 2 } } };
    return { status: 400, answer: { errors: [`role "${role}" could not be found for ${jwt}`] } };
  }
  const form = new URLSearchParams(body);
  const isForm = type === "application/x-www-form-urlencoded" && form.get("scope") === "api";
  const exchanged =
    form.get("grant_type") === "urn:ietf:params:oauth:grant-type:token-exchange" && form.get("subject_token") === JWT;
  const typed = form.get("subject_token_type") === "urn:ietf:params:oauth:token-type:jwt";
  const granted = form.get("grant_type") === "urn:ietf:params:oauth:grant-type:jwt-bearer" && form.get("assertion") === JWT;
  if (path === "/token" && isForm && ((exchanged && typed) || granted)) {
    return { status: 200, answer: { access_token: exchanged ? "exchanged" : "granted", token_type: "Bearer", expires_in: 600 } };
  }
  return { status: 400, answer: { error: "invalid_grant", error_description: `no: ${body}` } };
}

async function redeem(block: Readonly<Record<string, unknown>>): Promise<string> {
  return (await redeemed(block)).token.reveal();
}

async function redeemed(block: Readonly<Record<string, unknown>>): Promise<BearerCredentials> {
  const options = parseOauthOptions({ audience: "app", ...block }, placeIn(null, "profiles.app.oauth"));
  const clock = { now: () => Math.floor(Date.now() / 1000), offsetSeconds: 0, learn: () => {} };
  const exchange = oauthExchange({ options, http: createHttp({ environment: {} }), clock, tempo: NO_PAUSES });
  const assertion = { form: "jwt", value: Promise.resolve(new Secret("assertion", JWT)), audience: "app", expiresAt: 0 } as const;
  const credentials = await exchange.redeem({ kind: "assertion", assertion, identity: "laptop" });
  assert.ok(credentials.kind === "bearer");
  assert.ok(credentials.expiresAt > credentials.issuedAt);
  return credentials;
}

/** An endpoint that answers just that. */
function saying(answer: unknown, how: "ok" | "no" | "busy" = "ok"): string {
  return `${base}/${how}?says=${encodeURIComponent(JSON.stringify(answer))}`;
}

async function faultOf(block: Readonly<Record<string, unknown>>): Promise<Fault> {
  const error = await redeem(block).then(assert.fail, (cause: unknown) => cause);
  assert.ok(error instanceof Fault, String(error));
  return error;
}

describe("a token at any endpoint", () => {
  const parameters = { scope: "api" };

  test("is exchanged, granted for, or logged in with", async () => {
    assert.equal(await redeem({ grant: "token-exchange", url: `${base}/token`, parameters }), "exchanged");
    assert.equal(await redeem({ grant: "jwt-bearer", url: `${base}/token`, parameters }), "granted");
    const url = `${base}/v1/auth/jwt/login`;
    assert.equal(await redeem({ grant: "vault", url, parameters: { role: "dev" } }), "hvs.dev");
  });

  test("is refused without being repeated", async () => {
    for (const block of [
      { grant: "token-exchange", url: `${base}/token` },
      { grant: "vault", url: `${base}/v1/auth/jwt/login`, parameters: { role: "prod" } },
    ]) {
      await assert.rejects(
        redeem(block),
        (error) => error instanceof Fault && error.code === "EXCHANGE_REFUSED" && !error.message.includes("c2VjcmV0"),
      );
    }
  });

  test("is none where it would write a header or an escape of its own", async () => {
    for (const grant of ["token-exchange", "jwt-bearer", "vault"]) {
      await assert.rejects(
        redeem({ grant, url: `${base}/breaks-out` }),
        (error) => error instanceof Fault && error.code === "RESPONSE_INVALID" && !/pwned/.test(error.message),
      );
    }
  });

  test("is told in the endpoint's own words, and in no others where it has none that are text", async () => {
    for (const [errors, words] of [
      [["the role is unknown", { toString: 1 }, null, ["x"]], "the role is unknown"],
      [[{ message: "no" }], ""],
      [[], ""],
    ] as const) {
      const url = saying({ errors }, "no");
      const { code, message, details, hints } = await faultOf({ grant: "vault", url });
      assert.deepEqual([code, details["cloudMessage"], details["status"]], ["EXCHANGE_REFUSED", words, 400]);
      assert.match(message, words === "" ? /\(login_refused\)$/ : /\(login_refused\): the role is unknown$/);
      assert.match(hints.join(), /profiles\.app\.oauth\.parameters/);
    }
    const bare = await faultOf({ grant: "jwt-bearer", url: saying({ error: "invalid_grant", error_description: {} }, "no") });
    assert.deepEqual([bare.code, bare.details["cloudMessage"]], ["EXCHANGE_REFUSED", ""]);
    assert.match(bare.message, /\(invalid_grant\)$/);
    const sealed = await faultOf({ grant: "vault", url: saying({ errors: ["Vault is sealed"] }, "busy") });
    assert.equal(sealed.code, "EXCHANGE_UNAVAILABLE");
    assert.match(sealed.message, /Vault is sealed/);
  });

  test("is refused by a server with another time, and this machine's clock is not called wrong", async () => {
    try {
      for (const offset of [-600, 600]) {
        serverOffsetSeconds = offset;
        for (const [grant, answer] of [
          ["token-exchange", { error: "invalid_grant", error_description: "the token is from the future" }],
          ["vault", { errors: ["the token is from the future"] }],
        ] as const) {
          const { code, details, message, hints } = await faultOf({ grant, url: saying(answer, "no") });
          assert.deepEqual([code, details["offsetSeconds"]], ["EXCHANGE_REFUSED", undefined]);
          assert.match(message, /the token is from the future$/);
          assert.match(hints[0] ?? "", /^the clocks of 127\.0\.0\.1:\d+ and of this machine differ by (599|600|601) s/);
        }
      }
    } finally {
      serverOffsetSeconds = 0;
    }
  });

  test("lives as long as is said, a minute where nothing is said, and is kept for 30 days at most", async () => {
    const day = 86_400;
    for (const [seconds, life] of [
      [undefined, 60],
      [null, 60],
      [1, 1],
      ["600", 600],
      [32 * day, 30 * day],
      [1e15, 30 * day],
      [0, "RESPONSE_INVALID"],
      [-1, "RESPONSE_INVALID"],
      [1.5, "RESPONSE_INVALID"],
      [1e300, "RESPONSE_INVALID"],
      [true, "RESPONSE_INVALID"],
      [[600], "RESPONSE_INVALID"],
      ["", "RESPONSE_INVALID"],
      ["an hour", "RESPONSE_INVALID"],
    ] as const) {
      for (const [grant, answer] of [
        ["jwt-bearer", { access_token: "t", expires_in: seconds, unknown: [{}] }],
        ["vault", { auth: { client_token: "t", lease_duration: seconds }, warnings: ["one"], unknown: [{}] }],
      ] as const) {
        const block = { grant, url: saying(answer) };
        if (typeof life === "string") assert.equal((await faultOf(block)).code, life, `${grant} ${seconds}`);
        else {
          const { issuedAt, expiresAt } = await redeemed(block);
          assert.equal(expiresAt - issuedAt, life, `${grant} ${seconds}`);
        }
      }
    }
  });

  test("goes nowhere with a block that is wrong", async () => {
    const good = { grant: "jwt-bearer", url: `${base}/token` };
    for (const [change, code] of [
      [{ url: "vault.example.com" }, "URL_INVALID"],
      [{ audience: "a b" }, "AUDIENCE_INVALID"],
      [{ grant: "password" }, "CONFIG_MALFORMED"],
      [{ parameters: { assertion: "x" } }, "CONFIG_MALFORMED"],
      [{ parameters: { client_secret: "x" } }, "CONFIG_MALFORMED"],
    ] as const) {
      await assert.rejects(redeem({ ...good, ...change }), (error) => error instanceof Fault && error.code === code, code);
    }
  });
});
