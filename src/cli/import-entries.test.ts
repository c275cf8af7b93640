import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlanPorts } from "../flows/apply-plan.ts";
import { parseConfig } from "../wire/brevet-config/parse.ts";
import { presentEntries } from "./import-entries.ts";

describe("what the config has under the names of an import", () => {
  it("is asked of the file only for names that are in it", async () => {
    const asked: string[] = [];
    const file = "/config.json";
    const config = parseConfig('{ "profiles": { "there": { "aws": {} }, "other": { "aws": {} } } }', file);
    const unused = async () => assert.fail("an import reads");
    const plans: Pick<PlanPorts, "records" | "provisionerFor"> = {
      records: { load: async () => null, save: unused, remove: unused, list: unused, withLock: unused },
      provisionerFor: async (kind) => ({
        kinds: [kind],
        where: "here",
        async read({ address }) {
          asked.push(`${kind} ${address["profile"]}`);
          return { state: "{}", owner: "theirs" };
        },
        apply: unused,
        undo: unused,
      }),
    };
    const named = ["there", ...Array.from({ length: 400 }, (_, index) => `new${index}`)].map((name) => ({ name }));
    const where = { compose: { config: async () => config }, paths: { configFile: file } };
    const present = await presentEntries("import-aws", named, plans, where);
    assert.deepEqual(asked, ["brevet-profile there"]);
    assert.deepEqual(present.profile("there"), { state: "{}", owner: "theirs" });
    assert.deepEqual(present.profile("new7"), { state: null, owner: "nobody" });
  });
});
