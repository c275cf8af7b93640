import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlanPorts } from "../../flows/apply-plan.ts";
import { NO_ENTRY } from "../../setup/config-entry.ts";
import type { Step } from "../../setup/plan.ts";
import { emptyRecord } from "../../setup/record.ts";
import { parseConfig } from "../../wire/brevet-config/parse.ts";
import { entryReader } from "./present-entries.ts";

describe("what the config has under a name", () => {
  it("is asked of the file only if it is in it, and has what each setup asked for", async () => {
    const asked: string[] = [];
    const file = "/config.json";
    const config = parseConfig('{ "profiles": { "there": { "aws": {} }, "other": { "aws": {} } } }', file);
    const unused = async () => assert.fail("a reader writes nothing");
    const step = (profile: string): Step => ({
      id: profile,
      does: "",
      kind: "brevet-profile",
      address: { file, profile },
      owner: "nobody",
      before: null,
      after: "{}",
    });
    const steps = [step("there"), { ...step("other"), asked: '{"asked":1}' }];
    const empty = emptyRecord({ id: "import-aws", title: "", steps: [] }, 0);
    const record = { ...empty, steps: steps.map((one) => ({ step: one, progress: "done", facts: {} }) as const) };
    const plans: Pick<PlanPorts, "records" | "provisionerFor"> = {
      records: { load: async () => record, save: unused, remove: unused, list: async () => ["import-aws"], withLock: unused },
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
    const read = await entryReader({ compose: { config: async () => config }, paths: { configFile: file } }, plans);
    const there = await read("profile", "there");
    assert.deepEqual([there.state, there.makers.get("import-aws")], ["{}", "{}"]);
    assert.equal((await read("profile", "other")).makers.get("import-aws"), '{"asked":1}');
    for (const name of ["new", "constructor"]) assert.deepEqual(await read("profile", name), NO_ENTRY);
    assert.deepEqual(asked, ["brevet-profile there", "brevet-profile other"]);
  });
});
