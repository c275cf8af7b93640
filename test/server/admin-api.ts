import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as client from "openid-client";
import { API_BASE } from "../../src/wire/brevet-api/admin/operation.ts";
import { startAdminTrial } from "./admin-trial.ts";
import { type ApiCaller, apiCaller, beginningOf, readAnswer, refused } from "./api-caller.ts";
import type { TrialOptions, TrialServer } from "./trial-server.ts";

/** What the administrators' API does with people, invitations and keys, and whom it refuses, over one kind of database. */
export function adminApi(name: string, options: () => Promise<TrialOptions> = async () => ({})): void {
  describe(`on ${name}`, () => {
    let trial: TrialServer;
    let alice: ApiCaller;
    before(async () => {
      ({ trial, alice } = await startAdminTrial(await options()));
    });
    after(() => trial.close());

    async function eventsOf(name: string): Promise<readonly Record<string, unknown>[]> {
      const rows = await trial.server.storage.read("SELECT body FROM audit_row WHERE name = ? ORDER BY position", [name]);
      return rows.map((row) => JSON.parse(String(row["body"])));
    }

    describe("the administrators' API", { concurrency: false }, () => {
      test("lists people page by page, and finds one by id or address", async () => {
        for (const name of ["c", "d", "e"]) await trial.addPerson({ id: name, email: `${name}@example.com` });
        const seen: string[] = [];
        let cursor: string | null = "";
        while (cursor !== null) {
          const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
          const { status, body } = await alice.call("GET", `/people?limit=2${query}`);
          assert.equal(status, 200);
          const page = body as { items: { email: string }[]; next: string | null };
          assert.ok(page.items.length <= 2);
          seen.push(...page.items.map(({ email }) => email));
          cursor = page.next;
        }
        assert.deepEqual(
          seen,
          ["alice", "bob", "c", "d", "e"].map((name) => `${name}@example.com`),
        );
        const [byId, byAddress] = [await alice.call("GET", "/people/bob"), await alice.call("GET", "/people/Bob@Example.com")];
        assert.deepEqual(byId.body, byAddress.body);
        const { body } = await alice.call("GET", "/people?group=administrators");
        assert.deepEqual(
          (body as { items: { keys: number; groups: string[] }[] }).items.map(({ keys, groups }) => [keys, groups]),
          [[1, ["administrators"]]],
        );
        await refused(alice.call("GET", "/people/nobody"), 404, "RECORD_ABSENT");
      });

      test("invites somebody, whose link works, and takes a link back", async () => {
        const wish = { email: "Carol@Example.com", name: "Carol", groups: ["dev"] };
        const made = await alice.call("POST", "/invites", wish);
        assert.equal(made.status, 201);
        const { id, link, email } = made.body as { id: string; link: string; email: string };
        assert.equal(email, "carol@example.com");
        assert.equal((await fetch(link)).status, 200);
        const { body } = await alice.call("GET", "/invites");
        const [listed] = (body as { items: { id: string; link?: string }[] }).items;
        assert.equal(listed?.id, id);
        assert.equal(listed?.link, undefined);
        assert.equal((await alice.call("DELETE", `/invites/${beginningOf(id)}`)).status, 204);
        assert.equal((await fetch(link)).status, 410);
        await refused(alice.call("DELETE", `/invites/${id}`), 404, "RECORD_ABSENT");
        await refused(alice.call("POST", "/invites", { ...wish, email: "bob@example.com" }), 409, "ALREADY_USED");
        const event = (await eventsOf("invite.made")).at(-1);
        assert.deepEqual([event?.["actor"], event?.["client"], event?.["address"]], ["alice", "brevet-cli", "127.0.0.1"]);
      });

      test("says which field is wrong, and what it takes", async () => {
        for (const body of [[], "x", null, {}, { email: "x", name: "X" }, { email: "x@example.com", name: "X", group: [] }]) {
          const answer = await alice.call("POST", "/invites", body);
          assert.equal(answer.status, 400, JSON.stringify(body));
        }
        await refused(alice.call("GET", "/people?limit=0"), 400, "REQUEST_INVALID");
        await refused(alice.call("GET", "/people?limit=201"), 400, "REQUEST_INVALID");
        await refused(alice.call("GET", "/people?limit=1&limit=2"), 400, "REQUEST_INVALID");
        await refused(alice.call("GET", "/people?cursor=WyJ4IiwxXQ"), 400, "CURSOR_INVALID");
        await refused(alice.call("POST", "/invites", undefined), 415, "REQUEST_INVALID");
        await refused(alice.call("GET", "/people/%00"), 404, "RECORD_ABSENT");
        await refused(alice.call("GET", "/keys?person=%00"), 404, "RECORD_ABSENT");
        await refused(alice.call("GET", "/people/%zz"), 404, "RECORD_ABSENT");
        await refused(alice.call("GET", "/audit/events?name=%00"), 400, "NAME_INVALID");
        await refused(alice.call("GET", "/audit/events?person=%00"), 404, "RECORD_ABSENT");
      });

      test("is for administrators, at this moment", async () => {
        await refused((await apiCaller(trial, "bob")).call("GET", "/people"), 403, "ADMINISTRATOR_NEEDED");
        await refused(
          (await apiCaller(trial, "alice", { level: "recovery" })).call("GET", "/people"),
          403,
          "ADMINISTRATOR_NEEDED",
        );
        const unit = trial.server.storage.openUnit();
        unit.write("INSERT INTO membership (person, team) VALUES ('c', 'administrators')", []);
        await unit.commit();
        const carol = await apiCaller(trial, "c");
        assert.equal((await carol.call("GET", "/people")).status, 200);
        assert.equal((await alice.call("PATCH", "/people/c", { active: false })).status, 200);
        await refused(carol.call("GET", "/people"), 401, "TOKEN_REFUSED");
      });

      test("changes nothing by a sign-in of long ago", async () => {
        const old = await apiCaller(trial, "alice", { age: "301" });
        assert.equal((await old.call("GET", "/people")).status, 200);
        await refused(old.call("POST", "/invites", { email: "x@example.com", name: "X" }), 403, "SIGN_IN_STALE");
        await refused(old.call("DELETE", "/people/bob"), 403, "SIGN_IN_STALE");
      });

      test("takes no token without its key, and no proof of another request", async () => {
        const url = `${trial.url}${API_BASE}/people`;
        const bare = async (headers: Readonly<Record<string, string>>) => readAnswer(await fetch(url, { headers }));
        const token = alice.session.tokens.access_token;
        await refused(bare({}), 401, "TOKEN_REFUSED");
        for (const authorization of [`Bearer ${token}`, `DPoP ${token}`, "DPoP x", "Basic x", `DPoP ${"x".repeat(5000)}`]) {
          const answer = await bare({ authorization });
          assert.equal(answer.status, 401, authorization.slice(0, 20));
          assert.match(answer.headers.get("www-authenticate") ?? "", /^DPoP .*algs="ES256"/);
        }
        const { configuration } = alice.session;
        const proofOf = async (method: string, target: string, keys = alice.session.keys): Promise<string> => {
          let proof = "";
          const handle = client.getDPoPHandle(configuration, keys);
          configuration[client.customFetch] = async (_url, { headers }) => {
            proof = new Headers(headers as Record<string, string>).get("dpop") ?? "";
            return new Response("{}");
          };
          await client.fetchProtectedResource(configuration, token, new URL(target), method, undefined, undefined, {
            DPoP: handle,
          });
          configuration[client.customFetch] = (target, options) => fetch(target, options as RequestInit);
          return proof;
        };
        const present = async (proof: string) => bare({ authorization: `DPoP ${token}`, dpop: proof });
        await refused(present(await proofOf("DELETE", url)), 401, "TOKEN_REFUSED");
        await refused(present(await proofOf("GET", `${trial.url}${API_BASE}/invites`)), 401, "TOKEN_REFUSED");
        await refused(present(await proofOf("GET", url, await client.randomDPoPKeyPair("ES256"))), 401, "TOKEN_REFUSED");
        const once = await proofOf("GET", url);
        assert.equal((await present(once)).status, 200);
        await refused(present(once), 401, "TOKEN_REFUSED");
      });

      test("takes no token of a client that anybody registered", async () => {
        const configuration = await client.dynamicClientRegistration(
          new URL(trial.url),
          { redirect_uris: ["http://127.0.0.1:7/callback"], application_type: "native", dpop_bound_access_tokens: true },
          undefined,
          { execute: [client.allowInsecureRequests] },
        );
        const foreign = await apiCaller(trial, "alice", {}, configuration);
        await refused(foreign.call("GET", "/people"), 401, "TOKEN_REFUSED");
      });

      test("refuses a change of what somebody else has changed meanwhile", async () => {
        const { headers } = await alice.call("GET", "/people/bob");
        const version = headers.get("etag") ?? "";
        assert.equal((await alice.call("PATCH", "/people/bob", { name: "Robert" }, { "if-match": version })).status, 200);
        await refused(alice.call("PATCH", "/people/bob", { name: "Rob" }, { "if-match": version }), 412, "VERSION_STALE");
        const { body, headers: now } = await alice.call("GET", "/people/bob");
        assert.equal((body as { name: string }).name, "Robert");
        assert.equal(
          (await alice.call("PATCH", "/people/bob", { name: "Rob" }, { "if-match": now.get("etag") ?? "" })).status,
          200,
        );
      });

      test("removes a person with all that they have, and never the last administrator", async () => {
        const bob = await apiCaller(trial, "bob");
        assert.equal((await alice.call("DELETE", "/people/bob")).status, 204);
        await refused(bob.call("GET", "/people"), 401, "TOKEN_REFUSED");
        for (const table of ["membership", "artifact"]) {
          const column = table === "artifact" ? "account" : "person";
          assert.deepEqual(await trial.server.storage.read(`SELECT 1 AS one FROM ${table} WHERE ${column} = 'bob'`), []);
        }
        await refused(alice.call("DELETE", "/people/alice"), 403, "ADMINISTRATOR_NEEDED");
        await refused(alice.call("PATCH", "/people/alice", { active: false }), 403, "ADMINISTRATOR_NEEDED");
        await trial.addPerson({ id: "dora", email: "dora@example.com", groups: ["administrators"] });
        await trial.addKey("dora");
        const dora = await apiCaller(trial, "dora");
        await refused(dora.call("PATCH", "/people/dora", { active: false }), 409, "SELF_UNCONFIRMED");
        await refused(dora.call("DELETE", "/people/dora"), 409, "SELF_UNCONFIRMED");
        await refused(dora.call("DELETE", "/people/dora?myself=false"), 409, "SELF_UNCONFIRMED");
        await refused(dora.call("DELETE", "/groups/administrators/people/dora"), 409, "SELF_UNCONFIRMED");
        assert.equal((await dora.call("DELETE", "/people/dora?myself=true")).status, 204);
        await refused(alice.call("DELETE", "/people/alice?myself=true"), 403, "ADMINISTRATOR_NEEDED");
        const [event] = await eventsOf("person.removed");
        assert.deepEqual(event?.["details"], { person: "bob", email: "bob@example.com" });
      });
    });

    describe("keys of people", { concurrency: false }, () => {
      test("are listed, and taken away with every session of their person", async () => {
        await trial.addPerson({ id: "dave", email: "dave@example.com" });
        const [one, two] = [await trial.addKey("dave", "k1"), await trial.addKey("dave", "k2")];
        const dave = await apiCaller(trial, "dave");
        const { body } = await alice.call("GET", "/keys?person=dave@example.com");
        assert.deepEqual(
          (body as { items: { id: string }[] }).items.map(({ id }) => id),
          [one, two],
        );
        // Ids begin with a dash now and then, and one can be the beginning of another.
        for (const id of ["longer", "-longer-1", "-longer-2", "-longer"]) await trial.addKey("dave", id);
        for (const meant of ["longer-", "-longer-"]) await refused(alice.call("GET", `/keys/${meant}`), 409, "RECORD_AMBIGUOUS");
        for (const meant of ["longe", "longer%", "longer-3"])
          await refused(alice.call("GET", `/keys/${meant}`), 404, "RECORD_ABSENT");
        for (const [meant, id] of [
          ["-longer", "-longer"],
          ["longer", "longer"],
          ["longer-1", "-longer-1"],
          ["-longer-2", "-longer-2"],
        ] as const) {
          const { body } = await alice.call("GET", `/keys/${meant}`);
          assert.equal((body as { id: string }).id, id);
          assert.equal((await alice.call("DELETE", `/keys/${meant}`)).status, 204);
        }
        assert.equal((await alice.call("DELETE", `/keys/${one}`)).status, 204);
        await refused(dave.call("GET", "/people"), 401, "TOKEN_REFUSED");
        await refused(alice.call("DELETE", `/keys/${one}`), 404, "RECORD_ABSENT");
        assert.equal((await alice.call("DELETE", `/keys/${two}`)).status, 204);
        const removed = (await eventsOf("passkey.removed")).map(({ details }) => details);
        assert.deepEqual(
          removed,
          ["-longer", "longer", "-longer-1", "-longer-2", one, two].map((passkey) => ({ passkey, person: "dave" })),
        );
      });

      test("do not leave the last administrator", async () => {
        await refused(alice.call("DELETE", "/keys/key-of-alice"), 403, "ADMINISTRATOR_NEEDED");
        await trial.addKey("alice", "spare");
        assert.equal((await alice.call("DELETE", "/keys/spare")).status, 204);
      });
    });
  });
}
