import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as client from "openid-client";
import { verifyAudit } from "../../src/server/audit/verify.ts";
import { archiveKey } from "../../src/server/audit-archive.ts";
import { API_BASE, OPENAPI_PATH } from "../../src/wire/brevet-api/admin/operation.ts";
import { OPERATIONS } from "../../src/wire/brevet-api/admin/operations.ts";
import { ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import { startAdminTrial } from "./admin-trial.ts";
import { type ApiCaller, apiCaller, beginningOf, refused } from "./api-caller.ts";
import type { TrialOptions, TrialServer } from "./trial-server.ts";

/** What administrators do with groups, sessions, clients, rules, signing keys and the audit log, over one kind of database. */
export function adminApiOfTokens(name: string, options: () => Promise<TrialOptions> = async () => ({})): void {
  describe(`on ${name}`, () => {
    let trial: TrialServer;
    let alice: ApiCaller;
    before(async () => {
      ({ trial, alice } = await startAdminTrial(await options()));
    });
    after(() => trial.close());

    async function got<T>(path: string): Promise<T> {
      const { status, body } = await alice.call("GET", path);
      assert.equal(status, 200, JSON.stringify(body));
      return body as T;
    }

    interface Items<T> {
      readonly items: readonly T[];
      readonly next: string | null;
    }

    describe("the API's document", () => {
      test("names every operation, and the server has a route for each", async () => {
        const document = (await (await fetch(`${trial.url}${OPENAPI_PATH}`)).json()) as {
          paths: Record<string, Record<string, { operationId: string }>>;
          servers: { url: string }[];
        };
        assert.equal(document.servers[0]?.url, trial.url);
        for (const { name, method, path } of OPERATIONS) {
          assert.equal(document.paths[`${API_BASE}${path}`]?.[method.toLowerCase()]?.operationId, name);
          const answer = await fetch(`${trial.url}${API_BASE}${path.replace(/\{\w+\}/g, "x")}`, {
            method,
            headers: { "content-type": "application/json" },
            ...(method === "GET" || method === "DELETE" ? {} : { body: "{}" }),
          });
          assert.equal(answer.status, 401, `${method} ${path}`);
        }
      });
    });

    describe("groups", () => {
      test("are joined and left one by one, and administrators never empty", async () => {
        assert.equal((await alice.call("PUT", "/groups/ops/people/bob@example.com")).status, 204);
        assert.equal((await alice.call("PUT", "/groups/ops/people/bob@example.com")).status, 204);
        assert.deepEqual((await got<Items<unknown>>("/groups")).items, [
          { name: "administrators", people: 1 },
          { name: "dev", people: 1 },
          { name: "ops", people: 1 },
        ]);
        assert.equal((await alice.call("DELETE", "/groups/ops/people/bob")).status, 204);
        assert.deepEqual((await got<{ groups: string[] }>("/people/bob")).groups, ["dev"]);
        await refused(alice.call("PUT", "/groups/Not%20One/people/bob"), 400, "NAME_INVALID");
        await refused(alice.call("DELETE", "/groups/administrators/people/alice"), 403, "ADMINISTRATOR_NEEDED");
      });
    });

    describe("sessions", () => {
      test("say when and how their person signed in, and end when their tokens do", async () => {
        await trial.addPerson({ id: "carol", email: "carol@example.com" });
        await apiCaller(trial, "carol", { level: "device-bound", age: "1000" });
        const { items } = await got<Items<Readonly<Record<string, string | null>>>>("/people/carol/sessions");
        assert.deepEqual(items.map(({ kind }) => kind).sort(), ["browser", "client"]);
        for (const { kind, level, signedInAt, expiresAt } of items) {
          assert.equal(level, "device-bound", `${kind}`);
          const age = trial.now() - Date.parse(signedInAt ?? "") / 1000;
          assert.ok(age >= 1000 && age < 1060, `${kind}: signed in ${age} seconds ago`);
          assert.equal((Date.parse(expiresAt ?? "") - Date.parse(signedInAt ?? "")) / 1000, 8 * 3600, `${kind}`);
        }
      });

      test("say when and from where they last had a token", async () => {
        await trial.addPerson({ id: "dave", email: "dave@example.com" });
        const { session } = await apiCaller(trial, "dave");
        const lastUse = async (kind: string) => {
          const { items } = await got<Items<Readonly<Record<string, string | null>>>>("/people/dave/sessions");
          const { usedAt, usedFrom } = items.find((each) => each["kind"] === kind) ?? {};
          return { idle: usedAt == null ? null : trial.now() - Date.parse(usedAt) / 1000, from: usedFrom };
        };
        const own = /^(::ffff:)?127\.0\.0\.1$|^::1$/;
        const usedNow = async () => {
          const { idle, from } = await lastUse("client");
          assert.ok(idle !== null && idle >= 0 && idle < 60, `last used ${idle} seconds ago`);
          assert.match(from ?? "", own);
        };
        await usedNow();
        const rows = trial.server.storage.openUnit();
        rows.write("UPDATE artifact SET used_at = used_at - 1000, used_from = '192.0.2.1' WHERE account = ? AND used_at > 0", [
          "dave",
        ]);
        // Its hour is over, and it was swept.
        rows.write("DELETE FROM artifact WHERE account = ? AND kind = 'AccessToken'", ["dave"]);
        await rows.commit();
        const before = await lastUse("client");
        assert.ok(before.idle !== null && before.idle >= 1000 && before.idle < 1060, `last used ${before.idle} seconds ago`);
        assert.equal(before.from, "192.0.2.1");
        const { configuration, tokens, dpop } = session;
        await client.refreshTokenGrant(configuration, tokens.refresh_token ?? "", {}, { DPoP: dpop });
        await usedNow();
        assert.deepEqual(await lastUse("browser"), { idle: null, from: "127.0.0.1" });
      });

      test("are listed, and end one by one", async () => {
        const bob = await apiCaller(trial, "bob");
        const { items } = await got<Items<{ id: string; kind: string; client: string | null }>>("/people/bob/sessions");
        const [cli] = items.filter(({ kind }) => kind === "client");
        assert.equal(cli?.client, "brevet-cli");
        assert.equal((await alice.call("DELETE", `/people/bob/sessions/${cli?.id}`)).status, 204);
        await refused(bob.call("GET", "/people"), 401, "TOKEN_REFUSED");
        const left = await got<Items<{ kind: string }>>("/people/bob/sessions");
        assert.deepEqual(
          left.items.map(({ kind }) => kind),
          ["browser"],
        );
        await refused(alice.call("DELETE", `/people/alice/sessions/${cli?.id}`), 404, "RECORD_ABSENT");
        const ends = async () => {
          const { items } = await got<Items<{ details: { person: string; session?: string } }>>(
            "/audit/events?name=session.ended",
          );
          return items.filter(({ details }) => details.person === "bob" && details.session === undefined).length;
        };
        const before = await ends();
        assert.deepEqual((await alice.call("DELETE", "/people/bob/sessions")).body, { ended: 1 });
        assert.equal(await ends(), before + 1);
        assert.deepEqual((await alice.call("DELETE", "/people/bob/sessions")).body, { ended: 0 });
        assert.equal(await ends(), before + 1, "an end of nothing is recorded");
        assert.deepEqual((await got<Items<unknown>>("/people/bob/sessions")).items, []);
      });
    });

    describe("a person's own sessions", () => {
      type Listed = Items<{ id: string; kind: string; current: boolean }>;
      const own = async (who: ApiCaller) => ((await who.call("GET", "/people/me/sessions")).body as Listed).items;

      test("are listed and ended by who is no administrator, and nobody else's are", async () => {
        await trial.addPerson({ id: "erin", email: "erin@example.com" });
        const [laptop, lost] = [await apiCaller(trial, "erin"), await apiCaller(trial, "erin")];
        const listed = await own(laptop);
        assert.deepEqual(listed.map(({ kind }) => kind).sort(), ["browser", "browser", "client", "client"]);
        const [mine, ...more] = listed.filter(({ current }) => current);
        assert.deepEqual([mine?.kind, more], ["client", []]);
        const others = (await own(lost)).filter(({ current }) => current);
        assert.notEqual(others[0]?.id, mine?.id, "two machines take themselves for the same session");

        for (const path of [
          "/people/me",
          "/people/erin/sessions",
          "/people/alice/sessions",
          "/people/nobody/sessions",
          "/people",
        ])
          await refused(laptop.call("GET", path), 403, "ADMINISTRATOR_NEEDED");
        for (const path of ["/people/alice/sessions", "/people/erin/sessions", "/people/me"])
          await refused(laptop.call("DELETE", path), 403, "ADMINISTRATOR_NEEDED");
        const [foreign] = await own(alice);
        await refused(laptop.call("DELETE", `/people/me/sessions/${foreign?.id}`), 404, "RECORD_ABSENT");

        const browser = listed.find(({ kind }) => kind === "browser");
        assert.equal((await laptop.call("DELETE", `/people/me/sessions/${browser?.id}`)).status, 204);
        assert.deepEqual((await laptop.call("DELETE", "/people/me/sessions?others=true")).body, { ended: 2 });
        await refused(lost.call("GET", "/people/me/sessions"), 401, "TOKEN_REFUSED");
        assert.deepEqual(
          (await own(laptop)).map(({ id }) => id),
          [mine?.id],
        );
        const { items } = await got<Items<{ actor: { id: string }; details: object }>>(
          "/audit/events?name=session.ended&person=erin",
        );
        assert.deepEqual(
          items.map(({ actor, details }) => [actor.id, details]),
          [
            ["erin", { person: "erin" }],
            ["erin", { person: "erin", session: browser?.id }],
          ],
        );
      });

      test("are ended by a key that was used a moment ago", async () => {
        const old = await apiCaller(trial, "erin", { age: "301" });
        assert.ok((await own(old)).length > 1);
        await refused(old.call("DELETE", "/people/me/sessions"), 403, "SIGN_IN_STALE");
      });
    });

    describe("clients", () => {
      const redirects = { redirect_uris: ["https://app.example.com/back"], grant_types: ["authorization_code"] };

      test("are registered with a secret that is said once, and work", async () => {
        const { status, body } = await alice.call("POST", "/clients", { client_name: "App", ...redirects });
        assert.equal(status, 201, JSON.stringify(body));
        await refused(alice.call("POST", "/clients", { client_name: "a\u001b[2J", ...redirects }), 400, "CLIENT_INVALID");
        const { client_id: id, client_secret: secret } = body as { client_id: string; client_secret: string };
        const found = await client.discovery(new URL(trial.url), id, secret, undefined, {
          execute: [client.allowInsecureRequests],
        });
        assert.ok(
          (
            await client.buildAuthorizationUrlWithPAR(found, {
              redirect_uri: "https://app.example.com/back",
              scope: "openid",
              code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
              code_challenge_method: "S256",
            })
          ).href.includes(id),
        );
        for (const path of ["/clients", `/clients/${id}`])
          assert.doesNotMatch(JSON.stringify((await alice.call("GET", path)).body), new RegExp(secret));
      });

      test("that were registered under a name that is taken no more can be changed in everything else", async () => {
        const { body } = await alice.call("POST", "/clients", { client_name: "Old", ...redirects });
        const { client_id: id } = body as { client_id: string };
        const unit = trial.server.storage.openUnit();
        unit.write("UPDATE artifact SET payload = REPLACE(payload, 'Old', ?) WHERE kind = 'Client' AND handle = ?", [
          "O\u202eld",
          id,
        ]);
        await unit.commit();
        const change = { redirect_uris: ["https://app.example.com/other"] };
        assert.equal((await alice.call("PATCH", `/clients/${id}`, change, { "if-match": "*" })).status, 200);
        await refused(
          alice.call("PATCH", `/clients/${id}`, { client_name: "N\u202ew" }, { "if-match": "*" }),
          400,
          "CLIENT_INVALID",
        );
      });

      test("are changed by one administrator at a time, keep their secret, and go", async () => {
        const made = (await alice.call("POST", "/clients", redirects)).body as { client_id: string; client_secret: string };
        const path = `/clients/${made.client_id}`;
        const version = { "if-match": (await alice.call("GET", path)).headers.get("etag") ?? "" };
        assert.equal((await alice.call("PATCH", path, { client_name: "One" }, version)).status, 200);
        await refused(alice.call("PATCH", path, { client_name: "Two" }, version), 412, "VERSION_STALE");
        const [row] = await trial.server.storage.read("SELECT payload FROM artifact WHERE kind = 'Client' AND handle = ?", [
          made.client_id,
        ]);
        assert.ok(!String(row?.["payload"]).includes(made.client_secret), "the secret of a client is in the database");
        const asked = await fetch(`${trial.url}${ENDPOINTS.introspection}`, {
          method: "POST",
          headers: { authorization: `Basic ${Buffer.from(`${made.client_id}:${made.client_secret}`).toString("base64")}` },
          body: new URLSearchParams({ token: "x" }),
        });
        assert.equal(asked.status, 200, await asked.text());
        await refused(alice.call("PATCH", path, { redirect_uris: ["javascript:alert(1)"] }), 400, "CLIENT_INVALID");
        const inClear = await alice.call("POST", "/clients", { redirect_uris: ["http://evil.example/back"] });
        assert.deepEqual([inClear.status, (inClear.body as { code: string }).code], [400, "CLIENT_INVALID"]);
        assert.match((inClear.body as { detail: string }).detail, /begin with https:\/\/.*: http:\/\/evil\.example\/back$/);
        await refused(alice.call("PATCH", path, { redirect_uris: ["http://evil.example/back"] }), 400, "CLIENT_INVALID");
        await refused(alice.call("POST", "/clients", { ...redirects, jwks_uri: "x" }), 400, "CLIENT_INVALID");
        await refused(alice.call("DELETE", path.slice(0, -20)), 404, "RECORD_ABSENT");
        const begun = `/clients/${beginningOf(made.client_id)}`;
        assert.equal((await alice.call("PATCH", begun, { client_name: "Three" })).status, 200);
        assert.equal((await alice.call("DELETE", begun)).status, 204);
        await refused(alice.call("GET", path), 404, "RECORD_ABSENT");
        await refused(alice.call("DELETE", "/clients/brevet-cli"), 404, "RECORD_ABSENT");
        const rows = await trial.server.storage.read("SELECT body FROM audit_row WHERE name LIKE 'client.%' ORDER BY position");
        const events = rows.map((row) => JSON.parse(String(row["body"])) as Readonly<Record<string, unknown>>);
        assert.deepEqual(
          events.filter(({ client: id }) => id === made.client_id).map(({ name, actor, details }) => [name, actor, details]),
          [
            ["client.registered", "alice", { clientName: made.client_id }],
            ["client.changed", "alice", { members: ["client_name"] }],
            ["client.changed", "alice", { members: ["client_name"] }],
            ["client.removed", "alice", {}],
          ],
        );
      });
    });

    describe("rules", () => {
      const dev = { name: "dev", effect: "allow", groups: ["dev"], roles: ["arn:aws:iam::*:role/dev"], level: "device-bound" };

      test("are replaced by one of two administrators who read the same list", async () => {
        const { headers } = await alice.call("GET", "/rules");
        const version = { "if-match": headers.get("etag") ?? "" };
        await refused(alice.call("PUT", "/rules", { rules: [dev] }), 400, "REQUEST_INVALID");
        const both = await Promise.all([
          alice.call("PUT", "/rules", { rules: [dev] }, version),
          alice.call("PUT", "/rules", { rules: [{ ...dev, name: "other" }] }, version),
        ]);
        assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
        const now = (await alice.call("GET", "/rules")).headers.get("etag") ?? "";
        assert.equal((await alice.call("PUT", "/rules", { rules: [dev] }, { "if-match": now })).status, 200);
        await refused(alice.call("PUT", "/rules", { rules: [dev, dev] }, { "if-match": "*" }), 400, "NAME_INVALID");
        await refused(
          alice.call("PUT", "/rules", { rules: [{ ...dev, networks: ["10/8"] }] }, { "if-match": "*" }),
          400,
          "URL_INVALID",
        );
        await refused(
          alice.call("PUT", "/rules", { rules: [{ ...dev, level: "recover" }] }, { "if-match": "*" }),
          400,
          "REQUEST_INVALID",
        );
      });

      test("are tried, those that stand and those that do not yet", async () => {
        const wish = { person: "bob@example.com", audience: trial.url, role: "arn:aws:iam::111122223333:role/dev" };
        const decision = async (more: object) => (await alice.call("POST", "/rules/decision", { ...wish, ...more })).body;
        assert.deepEqual(await decision({}), { allowed: false, rule: "dev", needs: "level" });
        assert.deepEqual(await decision({ level: "attested" }), { allowed: true, rule: "dev", needs: null });
        assert.deepEqual(await decision({ person: "alice" }), { allowed: false, rule: null, needs: null });
        assert.deepEqual(await decision({ rules: [] }), { allowed: true, rule: null, needs: null });
        await refused(alice.call("POST", "/rules/decision", { ...wish, address: "nowhere" }), 400, "REQUEST_INVALID");
      });
    });

    describe("signing keys", { concurrency: false }, () => {
      interface Key {
        readonly kid: string;
        readonly algorithm: string;
        readonly state: string;
      }
      const inState = async (state: string) =>
        (await got<Items<Key>>("/signing-keys")).items.filter((key) => key.state === state && key.algorithm === "ES256");

      const publishedKeys = async () => {
        const { keys } = (await (await fetch(`${trial.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
        return keys.map(({ kid }) => kid);
      };

      test("are published before they sign, once at a time, and never the last one revoked", async () => {
        const [signing] = await inState("signing");
        await refused(alice.call("DELETE", `/signing-keys/${signing?.kid}`), 409, "SUCCESSOR_ABSENT");
        await refused(alice.call("POST", "/signing-keys/rotation", { aheadSeconds: 60 }), 400, "REQUEST_INVALID");
        const asked = trial.now();
        const { status, body } = await alice.call("POST", "/signing-keys/rotation", { aheadSeconds: 7200 });
        assert.equal(status, 200);
        assert.equal(Date.parse((body as { signsFrom: string }).signsFrom) / 1000 >= asked + 7200, true);
        assert.equal((await inState("waiting")).length, 1);
        await refused(alice.call("POST", "/signing-keys/rotation", {}), 409, "ROTATION_PENDING");
        const published = await publishedKeys();
        const [waiting] = await inState("waiting");
        assert.ok([signing, waiting].every((key) => published.includes(key?.kid ?? "-")));
      });

      test("leave at once when they are revoked, and their successor signs", async () => {
        const [[signing], [waiting]] = [await inState("signing"), await inState("waiting")];
        assert.equal((await alice.call("DELETE", `/signing-keys/${beginningOf(signing?.kid ?? "")}`)).status, 204);
        assert.equal(trial.server.current.keys().signing("ES256").kid, waiting?.kid);
        assert.ok(!trial.server.current.keys().keys.some(({ kid }) => kid === signing?.kid));
        const published = await publishedKeys();
        assert.ok(published.includes(waiting?.kid ?? "-") && !published.includes(signing?.kid ?? "-"));
        assert.equal((await inState("revoked"))[0]?.kid, signing?.kid);
        await refused(alice.call("DELETE", `/signing-keys/${signing?.kid}`), 404, "RECORD_ABSENT");
      });
    });

    describe("the audit log", () => {
      test("is read newest first, of one person or name, page by page", async () => {
        const all =
          await got<Items<{ id: string; at: string; name: string; actor: { email: string } | null }>>("/audit/events?limit=200");
        assert.ok(all.items.every((event, index) => index === 0 || event.at <= (all.items[index - 1]?.at ?? "")));
        const first = await got<Items<{ id: string }>>("/audit/events?limit=3");
        const second = await got<Items<{ id: string }>>(`/audit/events?limit=3&cursor=${first.next}`);
        assert.equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 6);
        const rotations = await got<Items<{ name: string; actor: unknown }>>(
          "/audit/events?name=key.revoked&person=alice@example.com",
        );
        assert.deepEqual(
          rotations.items.map(({ actor }) => actor),
          [{ id: "alice", email: "alice@example.com" }],
        );
        const ofOtherKinds = Buffer.from(JSON.stringify(["abc", 7, "x"])).toString("base64url");
        for (const cursor of ["x", ofOtherKinds])
          await refused(alice.call("GET", `/audit/events?cursor=${cursor}`), 400, "CURSOR_INVALID");
      });

      test("tells what a person did and what was done to them, by their address, also of who is gone", async () => {
        type Listed = Items<{ name: string; actor: { id: string } | null; person: { id: string; email: string | null } | null }>;
        const of = (who: string) => got<Listed>(`/audit/events?person=${who}`);
        await trial.addPerson({ id: "gone", email: "gone@example.com", groups: [] });
        await trial.addPerson({ id: "g_ne", email: "g_ne@example.com", groups: [] });
        assert.equal((await alice.call("PUT", "/groups/dev/people/gone")).status, 204);
        assert.equal((await alice.call("PUT", "/groups/dev/people/g_ne")).status, 204);
        const shown = (items: Listed["items"]) => items.map(({ name, actor, person }) => [name, actor?.id, person]);
        const moved = ["groups.changed", "alice", { id: "gone", email: "gone@example.com" }];
        assert.deepEqual(shown((await of("gone@example.com")).items), [moved]);
        assert.equal((await alice.call("DELETE", "/people/gone")).status, 204);
        const gone = { id: "gone", email: null };
        for (const who of ["gone@example.com", "GONE@example.com", "gone"]) {
          const expected = [
            ["person.removed", "alice", gone],
            ["groups.changed", "alice", gone],
          ];
          assert.deepEqual(shown((await of(who)).items), expected, who);
        }
        assert.deepEqual((await of("g_ne")).items.length, 1);
        await refused(alice.call("GET", "/audit/events?person=g%25"), 404, "RECORD_ABSENT");
      });

      test("is exported with a cursor, in lines that verify", async () => {
        await trial.addCheckpoint();
        const lines: string[] = [];
        let cursor = "";
        for (let pages = 0; pages < 500; pages++) {
          const { status, body, headers } = await alice.call(
            "GET",
            `/audit/export?limit=20${cursor === "" ? "" : `&cursor=${cursor}`}`,
          );
          assert.equal(status, 200);
          assert.equal(headers.get("content-type"), "application/x-ndjson");
          const next = headers.get("brevet-cursor") ?? "";
          lines.push(
            ...String(body ?? "")
              .split("\n")
              .filter((line) => line !== ""),
          );
          if (next === cursor) break;
          cursor = next;
        }
        assert.ok(lines.length > 20);
        for (const line of lines) JSON.parse(line);
        const { rows } = await verifyAudit(lines, await archiveKey(trial.dataFolder, { database: (await options()).database }));
        assert.ok(rows > 20);
        const confirmed = await alice.call("POST", "/audit/confirmation", { cursor });
        assert.equal(confirmed.status, 200);
        assert.ok(Date.parse((confirmed.body as { until: string }).until) > 0);
        await refused(alice.call("POST", "/audit/confirmation", { cursor: "x" }), 400, "CURSOR_INVALID");
        const { items } = await got<Items<{ actor: { id: string } }>>("/audit/events?name=audit.confirmed");
        assert.deepEqual(
          items.map(({ actor }) => actor.id),
          ["alice"],
        );
      });
    });
  });
}
