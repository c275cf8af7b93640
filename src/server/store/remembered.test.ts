import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { VersionedReader } from "./database.ts";
import { remembered } from "./remembered.ts";

describe("what was worked out from rows", () => {
  const reading = (version: () => number | null): VersionedReader => ({ read: async () => [], version });

  test("is remembered until one of its tables is written", async () => {
    let version = 1;
    const answers = remembered<string>(
      reading(() => version),
      ["person"],
    );
    assert.equal(answers.known("a"), null);
    assert.equal(await answers.find("a", async () => "first"), "first");
    assert.equal(answers.known("a"), "first");
    version = 2;
    assert.equal(answers.known("a"), null);
  });

  test("is doubtful when a table was written while it was worked out", async () => {
    let version = 1;
    const answers = remembered<string>(
      reading(() => version),
      ["person"],
    );
    await answers.find("a", async () => {
      version = 2;
      return "of before";
    });
    assert.equal(answers.known("a"), null);
  });

  test("is never remembered where others write too, nor when nothing was found", async () => {
    const shared = remembered<string>(
      reading(() => null),
      ["person"],
    );
    await shared.find("a", async () => "found");
    assert.equal(shared.known("a"), null);
    const own = remembered<string>(
      reading(() => 1),
      ["person"],
    );
    assert.equal(await own.find("a", async () => null), null);
    assert.equal(own.known("a"), null);
  });
});
