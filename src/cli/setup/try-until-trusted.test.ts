import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import type { Context } from "../command.ts";
import { NOT_YET_TRUSTED, tryUntilTrusted } from "./try-until-trusted.ts";

const silent = { update: () => undefined, done: () => undefined, failed: () => undefined };
const terminal = { progress: async () => silent } as unknown as Context["terminal"];

test("a login server that is busy for a moment ends no setup", async () => {
  let tries = 0;
  const work = async (): Promise<string> => {
    tries += 1;
    if (tries === 1) throw new Fault("PROVIDER_UNAVAILABLE", "id.example.com cannot serve this now: it is asked too often");
    return "trusted";
  };
  const words = { doing: "waiting", done: "done", profile: "dev" };
  const result = await tryUntilTrusted({ ...words, waitSeconds: 0.01, passing: NOT_YET_TRUSTED, work }, { terminal });
  assert.deepEqual([result, tries], ["trusted", 2]);
});
