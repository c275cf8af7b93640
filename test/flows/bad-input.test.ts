import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { type Misbehaviour, SENT, startBadProvider } from "../providers/bad-provider.ts";
import { signInAsPerson } from "../providers/person.ts";
import type { BadInput, Worlds } from "./bad-input/bad-input.ts";
import * as idTokens from "./bad-input/id-tokens.ts";
import { anywhere, atRenewal, atSignIn, broughtBack, onMachine, SECRETS } from "./bad-input/provider-cases.ts";
import * as saml from "./bad-input/saml-cases.ts";
import { response, saying } from "./bad-input/saml-cases.ts";
import { openSamlWorld } from "./bad-input/saml-world.ts";
import { PAIR, ROLE } from "./saml-issuer.ts";

/**
 * Everything that a provider, or somebody in its place or between it and us, can do wrong: one table, and one loop for all of it. Each
 * row is refused with its own code; nothing is stored, nothing that was there is lost, and no message shows a secret.
 */
interface Row {
  readonly wrong: string;
  readonly code: FaultCode;
  readonly cases: readonly BadInput[];
}

const HOUR = 3600;
const now = Math.floor(Date.now() / 1000);
const EVIL = "https://evil.example";

/** What people think of first, one row for each. */
const FIRST: readonly Row[] = [
  {
    wrong: "wrong issuer",
    code: "ID_TOKEN_ISSUER",
    cases: anywhere("an ID token of another issuer", { claims: { iss: EVIL } }),
  },
  {
    wrong: "metadata of another issuer",
    code: "PROVIDER_MISMATCH",
    cases: atSignIn("metadata of another issuer", { metadata: { issuer: EVIL } }),
  },
  {
    wrong: "mixed-up state",
    code: "SIGN_IN_MIXED_UP",
    cases: [
      ...broughtBack("an answer with another state", (address) => address.searchParams.set("state", "other")),
      ...broughtBack("an answer without a state", (address) => address.searchParams.delete("state")),
      ...atSignIn("an answer that names another provider", { answer: { iss: EVIL } }),
      ...atSignIn("an answer that names no provider where one was announced", { answer: { iss: undefined } }),
    ],
  },
  {
    wrong: "replayed or stolen code",
    code: "CODE_REFUSED",
    cases: atSignIn("a code that was used before", tokenError("invalid_grant")),
  },
  {
    wrong: "wrong nonce",
    code: "ID_TOKEN_NONCE",
    cases: atSignIn("an ID token of another sign-in", { claims: { nonce: "other" } }),
  },
  {
    wrong: "wrong audience",
    code: "ID_TOKEN_AUDIENCE",
    cases: [
      ...anywhere("an ID token for another client", { claims: { aud: "other" } }),
      ...anywhere("an ID token for two clients, of which neither asked", { claims: { aud: ["cli", "other"] } }),
      ...anywhere("an ID token that another client asked for", { claims: { aud: ["cli", "other"], azp: "other" } }),
    ],
  },
  {
    wrong: "unsigned, or signed for something else",
    code: "ID_TOKEN_SIGNATURE",
    cases: [
      ...anywhere("an ID token whose signature was cut off", idTokens.WITHOUT_SIGNATURE),
      ...anywhere("an ID token whose claims were changed", idTokens.WITH_OTHER_CLAIMS),
    ],
  },
  { wrong: "alg: none", code: "ID_TOKEN_UNSIGNED", cases: anywhere("an ID token by `none`", idTokens.BY_NONE) },
  {
    wrong: "HS256 with the public key",
    code: "ID_TOKEN_ALGORITHM",
    cases: [
      ...anywhere("an ID token by HS256 and the public key", idTokens.BY_PUBLIC_KEY),
      ...anywhere("an ID token by an algorithm that was not announced", idTokens.BY_UNANNOUNCED_ALGORITHM),
    ],
  },
  {
    wrong: "expired",
    code: "ID_TOKEN_EXPIRED",
    cases: anywhere("an expired ID token", { claims: { iat: now - HOUR, exp: now - 60 } }),
  },
  {
    wrong: "not yet valid",
    code: "ID_TOKEN_EARLY",
    cases: [
      ...anywhere("an ID token that is not valid yet", { claims: { nbf: now + HOUR } }),
      ...anywhere("an ID token that was issued in the future", { claims: { iat: now + HOUR, exp: now + 2 * HOUR } }),
    ],
  },
  {
    wrong: "key not in the JWKS, or not any more since it rotated",
    code: "ID_TOKEN_KEY_UNKNOWN",
    cases: anywhere("an ID token by a key that is not published", { header: { kid: "unknown" } }),
  },
  {
    wrong: "provider down in the middle",
    code: "NETWORK_UNREACHABLE",
    cases: anywhere("a provider that goes down in the middle", { tokenAnswer: null }),
  },
  {
    wrong: "refresh token revoked",
    code: "SESSION_ENDED",
    cases: atRenewal("a refresh token that was revoked", tokenError("invalid_grant"), { ends: true }),
  },
  {
    wrong: "SAML with two assertions",
    code: "SAML_AMBIGUOUS",
    cases: [
      ...response("two assertions", saml.TWO_ASSERTIONS, "InvalidIdentityToken"),
      ...response("a signed assertion moved away", saml.WRAPPED, "InvalidIdentityToken"),
      ...response("one ID on two elements", saml.ONE_ID_TWICE, null),
    ],
  },
  {
    wrong: "moved signature",
    code: "SAML_SIGNATURE_MOVED",
    cases: [
      ...response("the signature of another assertion", saml.TRANSPLANTED, "InvalidIdentityToken"),
      ...response("the signature of another assertion beside a forged one", saml.SIGNED_BESIDE, "InvalidIdentityToken"),
      ...response("a signature over two elements", saml.TWO_REFERENCES, "InvalidIdentityToken"),
    ],
  },
  {
    wrong: "wrong recipient",
    code: "SAML_RECIPIENT_WRONG",
    cases: response(
      "another recipient",
      saying(() => ({ recipient: "https://signin.aws.amazon.com.evil.example/saml" })),
      "InvalidIdentityToken",
    ),
  },
  {
    wrong: "XXE",
    code: "SAML_ENTITIES",
    cases: [
      ...response("an external entity", saml.EXTERNAL_ENTITY, "InvalidIdentityToken"),
      ...response("a document type before a good signature", saml.DECLARED, "InvalidIdentityToken"),
    ],
  },
  {
    wrong: "a 5 MB assertion",
    code: "SAML_OVERSIZE",
    cases: response(
      "5 MB",
      saying(() => ({ extra: `<a>${"x".repeat(5e6)}</a>` })),
      null,
    ),
  },
  {
    wrong: "zero roles",
    code: "ROLE_UNOFFERED",
    cases: [
      ...response(
        "no role",
        saying(() => ({ roles: [] })),
        "AccessDenied",
      ),
      ...response(
        "exactly one role, and another one",
        saying(() => ({ roles: [saml.EVIL] })),
        "AccessDenied",
      ),
      ...response(
        "a role that a comment cuts short",
        saying(() => ({ roles: [PAIR.replace("saml-dev", "saml-dev<!-- -->-admin")] })),
        "AccessDenied",
      ),
    ],
  },
];

/** What came up beside. */
const MORE: readonly Row[] = [
  {
    wrong: "an ID token that is none",
    code: "ID_TOKEN_INVALID",
    cases: [
      ...anywhere("an ID token without a subject", { claims: { sub: undefined } }),
      ...anywhere("an ID token that is no JWT", { idToken: () => "gibberish" }),
      ...anywhere("an ID token that is encrypted", {
        idToken: () => `${idTokens.encode({ alg: "RSA-OAEP", enc: "A256GCM" })}.a.b.c.d`,
      }),
      ...anywhere("an ID token whose header is no JSON", { idToken: (good) => good.replace(/^[^.]+/, "eHh4") }),
      ...anywhere("an ID token whose claims are no JSON", { idToken: (good) => good.replace(/[.][^.]+[.]/, ".eHh4.") }),
      ...atSignIn("an ID token of no sign-in", { claims: { nonce: undefined } }),
    ],
  },
  { wrong: "no ID token at all", code: "ID_TOKEN_ABSENT", cases: atSignIn("no ID token", { idToken: () => undefined }) },
  {
    wrong: "an ID token of somebody else",
    code: "ID_TOKEN_SUBJECT",
    cases: atRenewal("an ID token of somebody else", { claims: { sub: "mallory" } }),
  },
  {
    wrong: "an answer that is none",
    code: "RESPONSE_INVALID",
    cases: [
      ...anywhere("an answer that is no JSON", { tokenAnswer: { status: 200, body: "<html>" } }),
      ...anywhere("an answer of 5 MB", { tokenAnswer: { status: 200, body: `{"a":"${"x".repeat(5e6)}"}` } }),
      ...atSignIn("metadata that are no JSON", { metadataBody: "<html>" }),
    ],
  },
  {
    wrong: "a provider that cannot serve now",
    code: "PROVIDER_UNAVAILABLE",
    cases: [
      ...anywhere("an answer that says 502", { tokenAnswer: { status: 502, body: "" } }),
      ...anywhere("a token endpoint that is asked too often", {
        tokenAnswer: { status: 429, body: JSON.stringify({ error: "temporarily_unavailable" }), retryAfter: "60" },
      }),
      ...anywhere("a token endpoint that says so by its code", tokenError("temporarily_unavailable")),
      ...atSignIn("an answer that says so", { answer: { code: undefined, error: "temporarily_unavailable" } }),
    ],
  },
  {
    wrong: "metadata without a token endpoint",
    code: "PROVIDER_UNFIT",
    cases: atSignIn("metadata without a token endpoint", { metadata: { token_endpoint: undefined } }),
  },
  {
    wrong: "an answer that says no",
    code: "SIGN_IN_REFUSED",
    cases: atSignIn("an answer that says no", { answer: { code: undefined, error: "access_denied" } }),
  },
  {
    wrong: "a client that is not known any more",
    code: "CLIENT_REFUSED",
    cases: anywhere("a client that is not known any more", tokenError("invalid_client")),
  },
  {
    wrong: "SAML without a signature",
    code: "SAML_UNSIGNED",
    cases: response("no signature", saml.UNSIGNED, "InvalidIdentityToken"),
  },
  {
    wrong: "SAML for another audience",
    code: "SAML_AUDIENCE_WRONG",
    cases: response(
      "another audience",
      saying(() => ({ audience: "https://app.example" })),
      "InvalidIdentityToken",
    ),
  },
  {
    wrong: "SAML of another time",
    code: "SAML_EXPIRED",
    cases: [
      ...response(
        "an end in the past",
        saying((at) => ({ issuedAt: at - 2000, endsAt: at - 1000 })),
        "ExpiredTokenException",
      ),
      ...response(
        "a beginning in the future",
        saying((at) => ({ issuedAt: at + 1000, endsAt: at + 2000 })),
        "ExpiredTokenException",
      ),
      ...response(
        "a provider's session that has ended",
        saying((at) => ({ sessionEndsAt: at - 100 })),
        "ExpiredTokenException",
      ),
    ],
  },
  {
    wrong: "SAML that is none",
    code: "SAML_MALFORMED",
    cases: [
      ...response(
        "a role that is no pair",
        saying(() => ({ roles: [ROLE] })),
        "AccessDenied",
      ),
      ...response("no assertion", saml.NO_ASSERTION, "InvalidIdentityToken"),
      ...response("an assertion that is not where it belongs", saml.DEEPER, "InvalidIdentityToken"),
      ...response("an assertion in what is no response", saml.NO_RESPONSE, "InvalidIdentityToken"),
      ...response("an assertion of another namespace", saml.OTHER_NAMESPACE, "InvalidIdentityToken"),
      ...response("an assertion of another version", saml.OTHER_VERSION, "InvalidIdentityToken"),
      ...response("elements without end", () => "<a>".repeat(20_000), "InvalidIdentityToken"),
      ...response("what is no XML", () => "<html><body>Log in</body>", "InvalidIdentityToken"),
      ...["", "%%%", "ab+_", "a", "PHh4\nPg=="].flatMap((text) => saml.encoded(`no base64: ${JSON.stringify(text)}`, text)),
    ],
  },
];

/** Some providers repeat in a refusal what they refuse. */
function tokenError(error: string): Misbehaviour {
  return { tokenAnswer: { status: 400, body: JSON.stringify({ error, error_description: `not taken: ${SENT}` }) } };
}

describe("bad input", () => {
  let worlds: Worlds;
  before(async () => {
    const [provider, samlWorld] = await Promise.all([startBadProvider(), openSamlWorld()]);
    worlds = { provider, saml: samlWorld };
  });
  after(() => Promise.all([worlds.provider.close(), worlds.saml.close()]));

  for (const { wrong, code, cases } of [...FIRST, ...MORE]) {
    describe(`${wrong} is refused as ${code}`, () => {
      for (const { title, attempt } of cases) {
        it(title, async () => {
          const { raised, kept, mustBeKept } = await attempt(worlds);
          assert.ok(raised instanceof Fault, `it was not refused: ${inspect(raised)}`);
          assert.equal(raised.code, code, raised.message);
          assert.doesNotMatch(raised.message, /NaN|undefined|\[object/);
          assert.deepEqual(kept, mustBeKept);
          assertNoSecret(raised);
        });
      }
    });
  }

  it("has a code of its own for each row", () => {
    const codes = [...FIRST, ...MORE].map(({ code }) => code);
    assert.deepEqual(codes, [...new Set(codes)]);
  });

  it("is no answer of another sign-in, which gets a page of its own and ends nothing", () =>
    onMachine(worlds, async (bench) => {
      const pages: (readonly [number, string])[] = [];
      const openBrowser = async (url: string): Promise<boolean> => {
        const stray = new URL("/callback?code=stolen&state=other", url).href;
        for (const [target, init] of [
          [stray, {}],
          [new URL("/favicon.ico", url).href, {}],
          [new URL("/callback", url).href, { method: "POST" }],
        ] as const) {
          const answer = await fetch(target, init);
          pages.push([answer.status, await answer.text()]);
        }
        void signInAsPerson(url, "alice");
        return true;
      };
      assert.equal((await bench.again({ openBrowser }).signIn()).subject, "alice");
      assert.deepEqual(
        pages.map(([status]) => status),
        [400, 404, 405],
      );
      assert.match(pages[0]?.[1] ?? "", /SIGN_IN_MIXED_UP/);
    }));

  it("is no new key: that is fetched once, and believed", () =>
    onMachine(worlds, async (bench) => {
      const { provider } = worlds;
      await bench.session.signIn();
      await provider.rotateKey();
      bench.clock.ahead = 270;
      provider.requests.length = 0;
      assert.equal((await bench.session.tokens({ token: "id", minLifeSeconds: 60 })).subject, "alice");
      assert.deepEqual(provider.requests, ["POST /token", "GET /jwks"]);
    }));

  it("is not a new key under the id of the old one, as after a provider was installed anew: a sign-in asks for the keys", () =>
    onMachine(worlds, async (bench) => {
      const { provider } = worlds;
      await provider.rotateKey("same");
      await bench.session.signIn();
      await provider.rotateKey("same");
      assert.equal((await bench.session.signIn()).subject, "alice");
    }));
});

/** Neither what was planted, nor a JWT, nor an XML document, nor its base64; and no message that is as long as what was sent. */
function assertNoSecret(fault: Fault): void {
  const shown = inspect(fault, { depth: 9, showHidden: true }) + JSON.stringify(fault);
  for (const secret of SECRETS) assert.ok(!shown.includes(secret), `${secret} is shown`);
  assert.doesNotMatch(shown, /eyJ|PHNhbWxw|PHNhbWw6|<saml/);
  assert.ok(JSON.stringify([fault.message, fault.hints]).length < 800);
}
