import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { Fault } from "../../core/fault.ts";
import { openUnit, type Work } from "../store/unit.ts";
import { createHandler } from "./handle.ts";
import { type Answer, jsonAnswer, type Route } from "./route.ts";
import { createRouter } from "./router.ts";

/** What was committed, and what the log was told, since the last request. */
const committed: Work[] = [];
const logged: { readonly status: number; readonly cause: unknown }[] = [];
let lost: Fault | null = null;

/** A route that wants to change a row, and then answers so. */
const changing = (path: string, answer: () => Answer): Route => ({
  method: "POST",
  path,
  async answer(_, unit) {
    unit.write("UPDATE people SET name = ?", ["alice"]);
    return answer();
  },
});
const ROUTES = [
  ...[200, 303, 400, 404, 499, 500, 503].map((status) => changing(`/${status}`, () => jsonAnswer(status, { status }))),
  changing("/fault", () => {
    throw new Fault("REQUEST_FOREIGN", "not from a page of ours");
  }),
  changing("/away", () => {
    throw new Fault("DATABASE_UNAVAILABLE", "the database is away");
  }),
  changing("/bug", () => {
    throw new TypeError("a secret of the code");
  }),
];

let server: Server;
before(async () => {
  const reader = { all: assert.fail, one: assert.fail } as never;
  const handler = createHandler({
    issuer: "https://login.example.com",
    router: createRouter(ROUTES),
    headers: {},
    clientAddress: () => "127.0.0.1",
    openUnit: () =>
      openUnit(reader, async (work) => {
        if (lost !== null) throw lost;
        committed.push(work);
      }),
    provider: () => assert.fail(),
    elapsedMs: () => 0,
    document: () => false,
    limit: () => null,
    log: ({ status, cause }) => logged.push({ status, cause }),
    pages: { absent: () => "absent", unavailable: () => "unavailable" },
  });
  server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
after(() => {
  server.close();
  server.closeAllConnections();
});

async function ask(path: string) {
  committed.length = 0;
  logged.length = 0;
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method: "POST" });
  return { status: answer.status, body: await answer.text(), commits: committed.length };
}

describe("what a request wanted to change", () => {
  it("is committed once below an answer of 500, and never from there on", async () => {
    for (const [status, commits] of [
      [200, 1],
      [303, 1],
      [400, 1],
      [404, 1],
      [499, 1],
      [500, 0],
      [503, 0],
    ] as const) {
      const answer = await ask(`/${status}`);
      assert.deepEqual([answer.status, answer.commits], [status, commits]);
    }
  });

  it("never happened where its route raised a fault, or broke; only what is ours to mend has its cause in the log", async () => {
    for (const [path, status, cause] of [
      ["/fault", 403, null],
      ["/away", 503, "the database is away"],
      ["/bug", 500, "a secret of the code"],
    ] as const) {
      const answer = await ask(path);
      assert.deepEqual([answer.status, answer.commits], [status, 0], path);
      assert.deepEqual(
        logged.map((record) => [record.status, record.cause instanceof Error ? record.cause.message : record.cause]),
        [[status, cause]],
      );
      assert.doesNotMatch(answer.body, /a secret of the code/);
    }
  });

  it("is not told as done where it could not be committed", async () => {
    lost = new Fault("DATABASE_UNAVAILABLE", "the database is away");
    try {
      assert.equal((await ask("/200")).status, 503);
    } finally {
      lost = null;
    }
  });
});
