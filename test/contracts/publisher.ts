import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { PublicDocument, Publisher } from "../../src/core/publisher.ts";

/** A publisher with nothing published, and a way to look at what verifiers would get. */
export interface PublisherBench {
  readonly publisher: Publisher;
  /** Another program's handle on the same place. */
  other(): Publisher;
  close(): Promise<void>;
}

const document = (body: string, path = "keys.json"): PublicDocument => ({
  path,
  body,
  contentType: "application/json",
  cacheControl: "public, max-age=300",
});

/** What every publisher must do: whole documents, by compare-and-swap. */
export function publisherContract(name: string, makeBench: () => Promise<PublisherBench>): void {
  const contract = (title: string, work: (bench: PublisherBench) => Promise<void>): void => {
    it(title, async () => {
      const bench = await makeBench();
      try {
        await work(bench);
      } finally {
        await bench.close();
      }
    });
  };

  describe(`publisher contract: ${name}`, () => {
    contract("knows that nothing is there", async ({ publisher }) => {
      assert.equal(await publisher.read("keys.json"), null);
      assert.equal(await publisher.read(".well-known/openid-configuration"), null);
    });

    contract("gives back what was written, byte for byte, under each path", async ({ publisher, other }) => {
      const body = '{ "keys": [] }\n\u00e9\u{1f511}\r\n';
      await publisher.replace(document(body), null);
      await publisher.replace(document("discovery", ".well-known/openid-configuration"), null);
      assert.equal((await other().read("keys.json"))?.body, body);
      assert.equal((await other().read(".well-known/openid-configuration"))?.body, "discovery");
    });

    contract("replaces only the version that was read", async ({ publisher, other }) => {
      await publisher.replace(document("one"), null);
      const seen = await publisher.read("keys.json");
      assert.ok(seen);
      await other().replace(document("two"), seen.version);
      await conflicts(publisher.replace(document("three"), seen.version));
      assert.equal((await publisher.read("keys.json"))?.body, "two");
    });

    contract("creates only where nothing is, and replaces nothing that is gone", async ({ publisher, other }) => {
      await conflicts(publisher.replace(document("one"), "a version that never was"));
      assert.equal(await publisher.read("keys.json"), null);
      await other().replace(document("two"), null);
      await conflicts(publisher.replace(document("three"), null));
      assert.equal((await publisher.read("keys.json"))?.body, "two");
    });

    contract("lets exactly one of several writers win, and tells the others", async (bench) => {
      const { publisher } = bench;
      await raceHasOneWinner(bench, null);
      const seen = await publisher.read("keys.json");
      assert.ok(seen);
      await raceHasOneWinner(bench, seen.version);
    });
  });
}

async function raceHasOneWinner({ publisher, other }: PublisherBench, expected: string | null): Promise<void> {
  const bodies = ["a", "b", "c", "d", "e", "f"].map((letter) => `${letter} after ${expected}`);
  const attempts = await Promise.allSettled(bodies.map((body) => other().replace(document(body), expected)));
  const winners = bodies.filter((_, index) => attempts[index]?.status === "fulfilled");
  assert.equal(winners.length, 1);
  assert.equal((await publisher.read("keys.json"))?.body, winners[0]);
  for (const attempt of attempts) {
    if (attempt.status === "rejected") {
      assert.ok(attempt.reason instanceof Fault, String(attempt.reason));
      assert.equal(attempt.reason.code, "PUBLISH_CONFLICT");
    }
  }
}

async function conflicts(work: Promise<void>): Promise<void> {
  await assert.rejects(work, (cause) => cause instanceof Fault && cause.code === "PUBLISH_CONFLICT");
}
