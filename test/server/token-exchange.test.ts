import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import * as client from "openid-client";
import { NOBODY } from "../../src/server/audit/event.ts";
import { replaceRules, rulesDocument } from "../../src/server/rules/stored-rules.ts";
import type { Rule } from "../../src/wire/brevet-api/rule.ts";
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE_GRANT } from "../../src/wire/oauth/names.ts";
import { type CliSession, signInAtCli } from "./sign-in.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

const ROLE = "arn:aws:iam::123456789012:role/dev";

let trial: TrialServer;
let session: CliSession;
before(async () => {
  trial = await startTrial();
  await trial.addPerson({ id: "p1", email: "alice@example.com", groups: ["dev", "ops"] });
  session = await signInAtCli(trial, "p1");
});
after(() => trial.close());
beforeEach(() => setRules([]));

async function setRules(rules: readonly Rule[]): Promise<void> {
  const unit = trial.server.storage.openUnit();
  replaceRules(unit, await rulesDocument(unit), rules, NOBODY);
  await unit.commit();
}

function exchange(
  parameters: Readonly<Record<string, string>> = {},
  { configuration, tokens, dpop }: Partial<CliSession> & Pick<CliSession, "configuration" | "tokens"> = session,
) {
  return client.genericGrantRequest(
    configuration,
    TOKEN_EXCHANGE_GRANT,
    { subject_token: tokens.access_token, subject_token_type: ACCESS_TOKEN_TYPE, audience: trial.url, ...parameters },
    dpop === undefined ? {} : { DPoP: dpop },
  );
}

const refusedAs = (error: string) => (cause: unknown) => cause instanceof client.ResponseBodyError && cause.error === error;

/** Registers a client of anybody's. */
function registerApp(url: string): Promise<client.Configuration> {
  return client.dynamicClientRegistration(
    new URL(url),
    {
      redirect_uris: ["http://127.0.0.1:9/back"],
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", TOKEN_EXCHANGE_GRANT],
    },
    client.None(),
    { execute: [client.allowInsecureRequests] },
  );
}

describe("a token for AWS", () => {
  test("is what the reference's conditions are written for", async () => {
    const answer = await exchange({ resource: ROLE });
    const keys = createRemoteJWKSet(new URL(`${trial.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(answer.access_token, keys, { issuer: trial.url, audience: trial.url });
    assert.equal(protectedHeader.alg, "ES256");
    assert.equal(payload.sub, "alice@example.com");
    assert.equal(payload["email"], "alice@example.com");
    assert.equal(payload["acr"], "urn:brevet:level:passkey");
    assert.equal(payload["azp"], undefined);
    assert.deepEqual(payload["https://aws.amazon.com/roles"], [ROLE]);
    assert.equal(payload["https://aws.amazon.com/source_identity"], "alice@example.com");
    assert.deepEqual(payload["https://aws.amazon.com/tags"], {
      principal_tags: { email: ["alice@example.com"], domain: ["example.com"] },
      transitive_tag_keys: ["email", "domain"],
    });
    const { iat = Number.NaN, exp = Number.NaN } = payload;
    assert.ok(exp - iat <= 300 && iat <= trial.now() - 30 && exp > trial.now() + 200, `from ${iat} to ${exp}`);
    assert.equal(answer["issued_token_type"], "urn:ietf:params:oauth:token-type:id_token");
    assert.ok((answer.expires_in ?? 0) <= 300);
  });

  test("carries the groups that the rule names, and no others", async () => {
    await setRules([
      {
        name: "devs",
        effect: "allow",
        groups: ["dev"],
        roles: ["arn:aws:iam::123456789012:role/*"],
        tagGroups: ["dev", "admins"],
      },
    ]);
    const claims = decodeJwt((await exchange({ resource: ROLE })).access_token);
    const tags = claims["https://aws.amazon.com/tags"] as { principal_tags: Record<string, string[]> };
    assert.deepEqual(Object.keys(tags.principal_tags), ["email", "domain", "group/dev"]);
    assert.deepEqual(tags.principal_tags["group/dev"], ["true"]);
  });

  test("names nobody when the rule says so", async () => {
    await setRules([{ name: "quiet", effect: "allow", subject: "opaque" }]);
    const { access_token: token } = await exchange({ resource: ROLE });
    const claims = decodeJwt(token);
    assert.equal(claims.sub, "p1");
    assert.ok(!JSON.stringify(claims).includes("alice"));
  });

  test("has neither tags nor source identity where the role's trust allows none", async () => {
    await setRules([{ name: "bare", effect: "allow", tags: false, sourceIdentity: false }]);
    const claims = decodeJwt((await exchange({ resource: ROLE })).access_token);
    assert.deepEqual(
      Object.keys(claims).filter((name) => name.startsWith("https://aws.amazon.com/")),
      ["https://aws.amazon.com/roles"],
    );
  });

  test("is not made for what is no role", async () => {
    for (const resource of [
      "arn:aws:iam::123456789012:role/*",
      "arn:aws:iam::1:role/x",
      "https://api.example.com",
      "arn:aws:iam::123456789012:user/x",
    ]) {
      await assert.rejects(exchange({ resource }), refusedAs("invalid_target"), resource);
    }
  });
});

describe("a token for another audience", () => {
  test("names it, and is signed as the audience can verify", async () => {
    const { access_token: token } = await exchange({ audience: "api://AzureADTokenExchange", requested_signing_alg: "RS256" });
    assert.equal(decodeProtectedHeader(token).alg, "RS256");
    assert.equal(decodeJwt(token).aud, "api://AzureADTokenExchange");
    const keys = createRemoteJWKSet(new URL(`${trial.url}/.well-known/jwks.json`));
    await jwtVerify(token, keys, { issuer: trial.url });
  });

  test("is not made with an algorithm that is no signature of ours", async () => {
    await assert.rejects(exchange({ requested_signing_alg: "none HS256" }), refusedAs("invalid_request"));
  });
});

describe("a rule", () => {
  test("denies by default, and both answers are recorded with it", async () => {
    await setRules([{ name: "ops-only", effect: "allow", groups: ["nobody"] }]);
    await assert.rejects(exchange({ resource: ROLE }), refusedAs("access_denied"));
    await setRules([{ name: "strong", effect: "allow", level: "attested" }]);
    await assert.rejects(
      exchange({ resource: ROLE }),
      (cause) =>
        refusedAs("access_denied")(cause) &&
        /strong .* stronger key/.test((cause as client.ResponseBodyError).error_description ?? ""),
    );
    await setRules([{ name: "open", effect: "allow" }]);
    await exchange({ resource: ROLE });
    const rows = await trial.server.storage.read(
      "SELECT body FROM audit_row WHERE name IN ('token.refused', 'token.exchanged') ORDER BY position DESC LIMIT 3",
    );
    const decisions = rows.map(
      ({ body }) =>
        JSON.parse(String(body)) as { name: string; actor: string; details: { rule: string | null; reason?: string } },
    );
    assert.deepEqual(
      decisions.map(({ name, details, actor }) => [name, details.rule, details.reason, actor]),
      [
        ["token.exchanged", "open", undefined, "p1"],
        ["token.refused", "strong", "the rule strong allows this token only with a stronger key", "p1"],
        ["token.refused", null, "no rule allows this token", "p1"],
      ],
    );
  });
});

describe("a session that must not be exchanged", () => {
  test("is one whose token is stolen without its key", async () => {
    const { dpop: _, ...stolen } = session;
    await assert.rejects(exchange({}, stolen), refusedAs("invalid_grant"));
    const thief = client.getDPoPHandle(session.configuration, await client.randomDPoPKeyPair("ES256"));
    await assert.rejects(exchange({}, { ...session, dpop: thief }), refusedAs("invalid_grant"));
  });

  test("is one whose token is nobody's, or of another type", async () => {
    await assert.rejects(exchange({ subject_token: "nobody" }), refusedAs("invalid_grant"));
    await assert.rejects(exchange({ subject_token: session.tokens.refresh_token ?? "" }), refusedAs("invalid_grant"));
    await assert.rejects(exchange({ subject_token_type: "urn:ietf:params:oauth:token-type:jwt" }), refusedAs("invalid_request"));
    await assert.rejects(exchange({ subject_token: "" }), refusedAs("invalid_request"));
    await assert.rejects(exchange({ requested_token_type: ACCESS_TOKEN_TYPE }), refusedAs("invalid_request"));
    await assert.rejects(exchange({ audience: "" }), refusedAs("invalid_request"));
    await assert.rejects(exchange({ actor_token: session.tokens.access_token }), refusedAs("invalid_request"));
    await assert.rejects(exchange({ scope: "openid" }), refusedAs("invalid_scope"));
    await assert.rejects(exchange({ audience: "x y" }), refusedAs("invalid_target"));
  });

  test("is one that is as old as sessions may get, whatever was refreshed", async () => {
    const old = await signInAtCli(trial, "p1", { age: String(8 * 3600 - 60) });
    const { expires_in: left = Number.NaN } = await exchange({}, old);
    assert.ok(left > 0 && left <= 60, `a token outlives its session: ${left} s`);
    trial.advance(61);
    await assert.rejects(exchange({}, old), refusedAs("invalid_grant"));
    trial.advance(-61);
  });

  test("is one that is older than sessions may get by now, though its access token still lives", async () => {
    let own = await startTrial();
    await own.addPerson({ id: "p1", email: "alice@example.com" });
    const old = await signInAtCli(own, "p1", { age: "600" });
    const restart = async (length: string): Promise<void> => {
      await own.stop();
      const { dataFolder, url } = own;
      own = await startTrial({ dataFolder, url, settings: { listen: `127.0.0.1:${new URL(url).port}`, session: length } });
    };
    try {
      await restart("11m");
      await exchange({ audience: own.url }, old);
      await restart("9m");
      await assert.rejects(exchange({ audience: own.url }, old), refusedAs("invalid_grant"));
      await restart("11m");
      await exchange({ audience: own.url }, old);
    } finally {
      await own.close();
    }
  });

  test("is one whose person was deactivated a moment ago", async () => {
    await trial.addPerson({ id: "p2", email: "bob@example.com" });
    const bobs = await signInAtCli(trial, "p2");
    await exchange({}, bobs);
    const unit = trial.server.storage.openUnit();
    unit.write("UPDATE person SET active = 0 WHERE id = 'p2'", []);
    await unit.commit();
    await assert.rejects(exchange({}, bobs), refusedAs("invalid_grant"));
  });

  test("is one whose person left the group that the rule names a moment ago", async () => {
    await trial.addPerson({ id: "p3", email: "carol@example.com", groups: ["dev"] });
    const carols = await signInAtCli(trial, "p3");
    await setRules([{ name: "devs", effect: "allow", groups: ["dev"] }]);
    await exchange({}, carols);
    const unit = trial.server.storage.openUnit();
    unit.write("DELETE FROM membership WHERE person = 'p3'", []);
    await unit.commit();
    await assert.rejects(exchange({}, carols), refusedAs("access_denied"));
  });

  test("is one at a client that anybody could have registered", async () => {
    const app = await registerApp(trial.url);
    await assert.rejects(exchange({}, { configuration: app, tokens: session.tokens }), refusedAs("unauthorized_client"));
  });

  test("is one of another client, also for who has its key", async () => {
    let own = await startTrial();
    try {
      await own.addPerson({ id: "p1", email: "alice@example.com" });
      const { client_id: app } = (await registerApp(own.url)).clientMetadata();
      const { dataFolder, url } = own;
      await own.stop();
      const settings = { listen: `127.0.0.1:${new URL(url).port}`, exchangeClients: [app] };
      own = await startTrial({ dataFolder, url, settings });
      const { tokens, keys } = await signInAtCli(own, "p1");
      const other = await client.discovery(new URL(url), app, {}, client.None(), { execute: [client.allowInsecureRequests] });
      const wish = { configuration: other, tokens, dpop: client.getDPoPHandle(other, keys) };
      await assert.rejects(exchange({ audience: url }, wish), refusedAs("invalid_grant"));
    } finally {
      await own.close();
    }
  });

  test("is one that was signed out of", async () => {
    const ended = await signInAtCli(trial, "p1");
    await exchange({}, ended);
    await client.tokenRevocation(ended.configuration, ended.tokens.refresh_token ?? "");
    await assert.rejects(exchange({}, ended), refusedAs("invalid_grant"));
  });
});

test("a person who asks for too many tokens is told when to come back", async () => {
  const small = await startTrial({ settings: { exchangesPerMinute: 2 } });
  try {
    await small.addPerson({ id: "p1", email: "alice@example.com" });
    const { configuration, tokens, dpop } = await signInAtCli(small, "p1");
    const wish = { subject_token: tokens.access_token, subject_token_type: ACCESS_TOKEN_TYPE, audience: small.url };
    const ask = () => client.genericGrantRequest(configuration, TOKEN_EXCHANGE_GRANT, wish, { DPoP: dpop });
    await ask();
    await ask();
    await assert.rejects(ask(), (cause: unknown) => {
      assert.ok(cause instanceof client.ResponseBodyError);
      assert.deepEqual([cause.status, cause.error], [429, "temporarily_unavailable"]);
      assert.ok(Number(cause.response.headers.get("retry-after")) > 0);
      return true;
    });
    small.advance(60);
    await ask();
  } finally {
    await small.close();
  }
});
