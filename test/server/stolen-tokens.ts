import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import * as client from "openid-client";
import { API_BASE } from "../../src/wire/brevet-api/admin/operation.ts";
import { OPERATIONS } from "../../src/wire/brevet-api/admin/operations.ts";
import { CLI_CLIENT_ID, ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE_GRANT } from "../../src/wire/oauth/names.ts";
import { type CliSession, signInAtCli } from "./sign-in.ts";
import { startTrial, type TrialOptions, type TrialServer } from "./trial-server.ts";

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
type Request = { readonly method: string; readonly url: string; readonly token: string };

/** A proof of possession, as RFC 9449 §4.2 has it, by whatever key. */
async function proofBy({ publicKey, privateKey }: Keys, { method, url, token }: Request): Promise<string> {
  const ath = createHash("sha256").update(token).digest("base64url");
  return new SignJWT({ htm: method, htu: url, ath, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk: await exportJWK(publicKey) })
    .setIssuedAt()
    .sign(privateKey);
}

/** What somebody does with the tokens of an administrator's command line who does not have its key, over one kind of database. */
export function stolenTokens(name: string, options: () => Promise<TrialOptions> = async () => ({})): void {
  describe(`tokens that were stolen without their key, on ${name}`, { concurrency: false }, () => {
    let trial: TrialServer;
    let owner: CliSession;
    let thief: Keys;
    before(async () => {
      trial = await startTrial({ ...(await options()), settings: { requestsPerMinute: 100_000, exchangesPerMinute: 100_000 } });
      await trial.addPerson({ id: "alice", email: "alice@example.com", groups: ["administrators"] });
      await trial.addKey("alice");
      owner = await signInAtCli(trial, "alice");
      thief = await generateKeyPair("ES256");
    });
    after(() => trial.close());

    const stolen = () => ({ access: owner.tokens.access_token, refresh: owner.tokens.refresh_token ?? "" });

    /** The ways in which a token is shown by who has no key: alone, and with a proof by another. */
    async function* ways(request: Request): AsyncGenerator<readonly [string, Readonly<Record<string, string>>]> {
      const { token } = request;
      yield ["as a bearer", { authorization: `Bearer ${token}` }];
      yield ["without a proof", { authorization: `DPoP ${token}` }];
      yield ["with a proof by another key", { authorization: `DPoP ${token}`, dpop: await proofBy(thief, request) }];
      yield ["as a bearer, with such a proof", { authorization: `Bearer ${token}`, dpop: await proofBy(thief, request) }];
    }

    const form = async (path: string, fields: Readonly<Record<string, string>>, proved: string | null): Promise<Response> => {
      const url = `${trial.url}${path}`;
      const dpop = proved === null ? {} : { dpop: await proofBy(thief, { method: "POST", url, token: proved }) };
      return fetch(url, { method: "POST", headers: dpop, body: new URLSearchParams({ client_id: CLI_CLIENT_ID, ...fields }) });
    };

    async function refusedInEveryWay(request: Request, sent: RequestInit): Promise<void> {
      for await (const [way, headers] of ways(request)) {
        const { method, url } = request;
        const answer = await fetch(url, { ...sent, method, headers: { ...sent.headers, ...headers } });
        assert.equal(answer.status, 401, `${way}: ${await answer.text()}`);
        assert.match(answer.headers.get("www-authenticate") ?? "", /^DPoP /);
      }
    }

    for (const { method, path, name: operation, body } of OPERATIONS) {
      test(`do not ${operation}`, async () => {
        const url = `${trial.url}${API_BASE}${path.replace(/\{\w+\}/g, "alice")}`;
        const sent = body === null ? {} : { headers: { "content-type": "application/json" }, body: "{}" };
        await refusedInEveryWay({ method, url, token: stolen().access }, sent);
        await refusedInEveryWay({ method, url, token: stolen().refresh }, sent);
        const inQuery = await fetch(`${url}?access_token=${stolen().access}`, { ...sent, method });
        assert.equal(inQuery.status, 401);
      });
    }

    test("say nothing of their person", async () => {
      const url = `${trial.url}${ENDPOINTS.userinfo}`;
      for (const method of ["GET", "POST"]) {
        for await (const [way, headers] of ways({ method, url, token: stolen().access })) {
          const answer = await fetch(url, { method, headers });
          assert.ok(answer.status === 400 || answer.status === 401, `${method} ${way}: ${answer.status}`);
          assert.doesNotMatch(await answer.text(), /alice/);
        }
      }
      const { status } = await form(ENDPOINTS.userinfo, { access_token: stolen().access }, null);
      assert.ok(status === 400 || status === 401);
    });

    test("become no token for a cloud, and no other access token", async () => {
      const exchanged = { grant_type: TOKEN_EXCHANGE_GRANT, subject_token_type: ACCESS_TOKEN_TYPE, audience: trial.url };
      const wishes = [
        { ...exchanged, subject_token: stolen().access },
        { ...exchanged, subject_token: stolen().refresh },
        { grant_type: "refresh_token", refresh_token: stolen().refresh },
        { grant_type: "refresh_token", refresh_token: stolen().access },
      ];
      for (const wish of wishes) {
        for (const proved of [null, stolen().access]) {
          const answer = await form(ENDPOINTS.token, wish, proved);
          assert.ok([400, 401].includes(answer.status), JSON.stringify(wish).slice(0, 60));
          assert.doesNotMatch(await answer.text(), /access_token"/);
        }
      }
    });

    test("leave their owner what they had: nothing was spent, and nothing is in the log as done", async () => {
      const names = (await trial.server.storage.read("SELECT DISTINCT name FROM audit_row")).map((row) => row["name"]);
      for (const event of ["token.replayed", "token.exchanged", "person.removed", "rules.changed", "session.ended"]) {
        assert.ok(!names.includes(event), event);
      }
      const grant = { subject_token: stolen().access, subject_token_type: ACCESS_TOKEN_TYPE, audience: trial.url };
      const { configuration, dpop } = owner;
      assert.ok((await client.genericGrantRequest(configuration, TOKEN_EXCHANGE_GRANT, grant, { DPoP: dpop })).access_token);
      assert.ok((await client.refreshTokenGrant(configuration, stolen().refresh, {}, { DPoP: dpop })).access_token);
      assert.deepEqual(trial.warnings, []);
    });

    test("buy nothing with a request of their owner's that was overheard, proof and all", async () => {
      const grant = { grant_type: TOKEN_EXCHANGE_GRANT, subject_token_type: ACCESS_TOKEN_TYPE, subject_token: stolen().access };
      const body = new URLSearchParams({ client_id: CLI_CLIENT_ID, ...grant, audience: trial.url });
      const requests: readonly [method: string, path: string, body: URLSearchParams | null][] = [
        ["POST", ENDPOINTS.token, body],
        ["GET", ENDPOINTS.userinfo, null],
        ["GET", `${API_BASE}/people`, null],
      ];
      for (const [method, path, body] of requests) {
        const request = { method, url: `${trial.url}${path}`, token: stolen().access };
        const headers = { authorization: `DPoP ${request.token}`, dpop: await proofBy(owner.keys, request) };
        const send = () => fetch(request.url, { method, headers: body === null ? headers : { dpop: headers.dpop }, body });
        assert.equal((await send()).status, 200, path);
        assert.ok([400, 401].includes((await send()).status), `${path}, once more`);
      }
    });

    test("are told of to nobody who names a client that has no secret", async () => {
      const { tokens } = await signInAtCli(trial, "alice");
      for (const token of [tokens.access_token, tokens.refresh_token ?? ""]) {
        const answer = await form(ENDPOINTS.introspection, { token }, null);
        assert.doesNotMatch(await answer.text(), /alice|"active":true/);
      }
    });
  });
}
