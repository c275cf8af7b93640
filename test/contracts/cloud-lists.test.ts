import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { Http } from "../../src/core/http.ts";
import { type GoogleCall, googleApi } from "../../src/platform/cloud-admin/google-api.ts";
import { type MicrosoftCall, microsoftApi } from "../../src/platform/cloud-admin/microsoft-api.ts";
import { azureAdministration } from "../../src/provisioners/azure/administration.ts";
import { poolResource } from "../../src/provisioners/gcp/pool.ts";
import { openAzureWorld } from "./azure-world.ts";
import { openGoogleWorld } from "./google-world.ts";

const POOL = "projects/123456789012/locations/global/workloadIdentityPools/brevet";
const LIST: GoogleCall = {
  service: "iam",
  method: "GET",
  action: "iam.workloadIdentityPoolProviders.list",
  path: `v1/${POOL}/providers`,
};
const SUBSCRIPTIONS: MicrosoftCall = {
  service: "management",
  method: "GET",
  action: "Microsoft.Resources/subscriptions/read",
  path: "subscriptions?api-version=2022-12-01",
};
const ofNumber = (number: number): string => `${String(number).padStart(8, "0")}-3333-4333-8333-333333333333`;

describe("a list of Google's", () => {
  it("is read to its last page", async (t) => {
    const world = openGoogleWorld();
    t.after(world.remove);
    world.write("pools", "brevet", { name: POOL, state: "ACTIVE" });
    for (let number = 0; number < 101; number += 1) {
      world.write("providers", `p${number}`, { name: `${POOL}/providers/p${number}`, state: "ACTIVE" });
    }
    const pages = await googleApi(world.access).list(LIST);
    assert.deepEqual(
      pages.map(({ workloadIdentityPoolProviders: found }) => (Array.isArray(found) ? found.length : 0)),
      [50, 50, 1],
    );
    assert.equal(world.requests.length, 3);
  });

  it("keeps a pool whose only provider is on the second page", async (t) => {
    const world = openGoogleWorld();
    t.after(world.remove);
    world.write("pools", "brevet", { name: POOL, state: "ACTIVE" });
    world.write("providers", "theirs", { name: `${POOL}/providers/theirs`, state: "ACTIVE" });
    // A page may be empty and have another one behind it.
    const answer = {
      status: 200,
      headers: {},
      body: JSON.stringify({ nextPageToken: Buffer.from("from 0").toString("base64url") }),
    };
    world.canned.push({ method: "GET", path: /\/providers$/, answer });
    const pool = poolResource(googleApi(world.access));
    const found = { state: "", owner: "ours", facts: {} } as const;
    await assert.rejects(pool.remove(found, { project: "123456789012", pool: "brevet" }), { code: "PLAN_CONFLICT" });
    assert.ok(world.requests.every(({ method }) => method === "GET"));
  });
});

describe("a list of Microsoft's", () => {
  it("is read to its last page", async (t) => {
    const world = openAzureWorld();
    t.after(world.remove);
    const subscriptions = Array.from({ length: 250 }, (_, number) => ({
      id: ofNumber(number),
      name: `s${number}`,
      resourceGroups: [],
    }));
    world.write("tenant.json", { subscriptions });
    const found = await azureAdministration(world.access).subscriptions();
    assert.deepEqual(
      found.map(({ id }) => id),
      subscriptions.map(({ id }) => id),
    );
    assert.equal(world.requests.length, 3);
  });

  it("is asked for at its first page's host, and the token goes nowhere else", async (t) => {
    const world = openAzureWorld();
    t.after(world.remove);
    world.write("tenant.json", { subscriptions: [{ id: ofNumber(1), name: "one", resourceGroups: [] }] });
    const first = { value: [], nextLink: "https://elsewhere.example/subscriptions?api-version=2022-12-01&$top=7" };
    const asked: string[] = [];
    const http: Http = async (request) => {
      asked.push(request.url);
      return asked.length === 1 ? { status: 200, headers: {}, body: JSON.stringify(first) } : world.access.http(request);
    };
    assert.equal((await microsoftApi({ ...world.access, http }).list(SUBSCRIPTIONS)).length, 1);
    assert.equal(asked[1], "https://management.azure.com/subscriptions?api-version=2022-12-01&$top=7");
  });
});

describe("a list without an end", () => {
  for (const next of ["again", 5, {}, ["again"], true]) {
    it(`is refused, where the next page is ${JSON.stringify(next)}`, async (t) => {
      const [google, azure] = [openGoogleWorld(), openAzureWorld()];
      t.after(google.remove);
      t.after(azure.remove);
      let asked = 0;
      const http: Http = async () => {
        asked += 1;
        const page = { value: [], nextPageToken: next, nextLink: next === "again" ? "https://management.azure.com/again" : next };
        return { status: 200, headers: {}, body: JSON.stringify(page) };
      };
      const lists = [
        () => googleApi({ ...google.access, http }).list(LIST),
        () => microsoftApi({ ...azure.access, http }).list(SUBSCRIPTIONS),
      ];
      for (const list of lists) {
        asked = 0;
        await assert.rejects(list(), (error) => error instanceof Fault && error.code === "RESPONSE_INVALID");
        assert.equal(asked, next === "again" ? 100 : 1);
      }
    });
  }
});
