import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRecord } from "../../setup/record.ts";
import { setupChecks } from "./setup-checks.ts";

/** As the record of a setup is kept whose bucket somebody else has: the fault is that of a failed resource of the stack. */
const STOPPED = {
  at: "create the stack brevet-infra",
  code: "RESOURCE_FAILED",
  message: "the stack brevet-infra could not be made: Bucket: your-oidc-bucket already exists",
  hints: ["give the stack another name: `--stack-name NAME`"],
};
const RECORD = { version: 1, id: "aws-brevet", title: "a role", changedAt: 1, sequence: 1, steps: [], stopped: STOPPED };

async function found(text: string) {
  const none = async () => undefined;
  const records = {
    load: async (id: string) => parseRecord(text, id),
    list: async () => ["aws-brevet"],
    save: none,
    remove: none,
    withLock: async <T>(_: string, work: () => Promise<T>) => work(),
  };
  const [check] = await setupChecks(records);
  return check?.run();
}

describe("doctor, of setups", () => {
  it('names a bucket that exists already, "S3 bucket already exists", and every way on', async () => {
    assert.deepEqual(await found(JSON.stringify(RECORD)), {
      outcome: "bad",
      text: 'stopped at "create the stack brevet-infra": the stack brevet-infra could not be made: Bucket: your-oidc-bucket already exists (RESOURCE_FAILED)',
      hint: "give the stack another name: `--stack-name NAME`; the same command again goes on, `brevet unsetup aws-brevet` undoes what was done",
    });
  });

  it("says nothing of a setup that came to its end", async () => {
    const { stopped: _, ...whole } = RECORD;
    assert.equal(await found(JSON.stringify(whole)), undefined);
  });

  it("believes no reason that it did not write itself", async () => {
    for (const stopped of [null, "x", {}, { ...STOPPED, hints: "x" }, { ...STOPPED, message: 1 }]) {
      assert.equal((await found(JSON.stringify({ ...RECORD, stopped })))?.code, "STORE_ENTRY_DAMAGED");
    }
  });
});
