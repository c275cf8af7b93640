import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openApiDocument } from "../../../src/server/admin/openapi.ts";
import { API_BASE } from "../../../src/wire/brevet-api/admin/operation.ts";
import { OPERATIONS } from "../../../src/wire/brevet-api/admin/operations.ts";
import { signInAtCli } from "../../server/sign-in.ts";
import { startTrial, type TrialServer } from "../../server/trial-server.ts";
import { type PostgresServer, startPostgres } from "../postgres/postgres-server.ts";
import { protocolDocument } from "./protocol-document.ts";
import { type ProvingProxy, provingProxy, type Seen } from "./proving-proxy.ts";
import { runSchemathesis } from "./run-schemathesis.ts";

/*
 * Schemathesis makes requests of the API's document, as it has them and as it does not, and looks at the answers. On PostgreSQL, which
 * refuses more than SQLite does: a NUL in a text, a number that is too large.
 */

let postgres: PostgresServer;
let trial: TrialServer;
before(async () => {
  postgres = await startPostgres();
  const limits = { requestsPerMinute: 10_000_000, registrationsPerMinute: 10_000_000, exchangesPerMinute: 10_000_000 };
  trial = await startTrial({ database: await postgres.createDatabase("fuzz"), settings: limits });
  await trial.addPerson({ id: "alice", email: "alice@example.com", groups: ["administrators"] });
  for (const id of PEOPLE) await trial.addPerson({ id, email: `${id}@example.com`, groups: ["dev"] });
  await trial.addKey("alice");
});
after(async () => {
  await trial.close();
  await postgres.close();
});

/** Enough of them that some are left when others were removed. */
const PEOPLE = Array.from({ length: 40 }, (_, index) => `p${index}`);

/** The document with names of what is there, so that requests get beyond "there is none". */
function documentWithNames(): Readonly<Record<string, unknown>> {
  const known: Readonly<Record<string, readonly string[]>> = { person: PEOPLE, group: ["dev", "ops"] };
  return JSON.parse(JSON.stringify(openApiDocument(trial.url)), (_, value: { readonly in?: string; readonly name?: string }) =>
    value?.in === "path" && known[value.name ?? ""] !== undefined
      ? { ...value, schema: { anyOf: [{ enum: known[value.name ?? ""] }, { type: "string", minLength: 1 }] } }
      : value,
  );
}

function failuresOf(seen: readonly Seen[]): readonly string[] {
  return seen
    .filter(({ status }) => status >= 500)
    .map(({ method, target, body, status }) => `${status} ${method} ${target} ${body}`);
}

async function fuzzed(proxy: ProvingProxy, run: Promise<string | null>): Promise<void> {
  try {
    const found = await run;
    assert.deepEqual(failuresOf(proxy.seen).slice(0, 10), []);
    assert.equal(found, null, found ?? "");
    assert.deepEqual(trial.warnings, []);
  } finally {
    proxy.stop();
  }
}

describe("requests made of the document", { concurrency: false }, () => {
  test("find no 500 in the administrators' API, and no answer that the document does not know", async () => {
    const proxy = await provingProxy(trial.url, await signInAtCli(trial, "alice"), /\/people\/alice(?:@|%40|\/|$)/i);
    const checks = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"];
    await fuzzed(proxy, runSchemathesis({ document: documentWithNames(), url: proxy.url, checks, examples: 20 }));
    for (const { name, method, path } of OPERATIONS) {
      const pattern = new RegExp(`^${API_BASE}${path.replace(/\{\w+\}/g, "[^/?]+")}(?:\\?|$)`);
      const statuses = proxy.seen
        .filter((each) => each.method === method && pattern.test(each.target))
        .map(({ status }) => status);
      assert.ok(
        statuses.some((status) => status !== 401 && status !== 403),
        `${name} was not reached: ${new Set(statuses)}`,
      );
    }
  });

  test("find no 500 at the endpoints of OpenID Connect, and none at the pages' own", async () => {
    const proxy = await provingProxy(trial.url, null, null);
    await fuzzed(
      proxy,
      runSchemathesis({ document: protocolDocument(), url: proxy.url, checks: ["not_a_server_error"], examples: 30 }),
    );
    assert.ok(proxy.seen.length > 500, `${proxy.seen.length} requests`);
  });
});
