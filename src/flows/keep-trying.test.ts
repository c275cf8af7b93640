import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../core/fault.ts";
import { keepTrying, type Patience } from "./keep-trying.ts";

function patience(seconds: number, waits: number[]): Patience {
  return {
    seconds,
    passing: ["EXCHANGE_REFUSED"],
    failed: () => undefined,
    tempo: { pause: async (milliseconds) => void waits.push(milliseconds) },
  };
}

describe("trying again", () => {
  it("ends when it works, and pauses longer and longer until then", async () => {
    const waits: number[] = [];
    let tries = 0;
    const result = await keepTrying(
      async () => {
        tries += 1;
        if (tries < 4) throw new Fault("EXCHANGE_REFUSED", "not yet");
        return "done";
      },
      patience(60, waits),
    );
    assert.deepEqual([result, waits], ["done", [2000, 3000, 4500]]);
  });

  it("ends with its patience, and not after it", async () => {
    const waits: number[] = [];
    const never = () => Promise.reject(new Fault("EXCHANGE_REFUSED", "never"));
    await assert.rejects(keepTrying(never, patience(7, waits)), { code: "EXCHANGE_REFUSED" });
    assert.equal(
      waits.reduce((sum, one) => sum + one, 0),
      7000,
    );
    await assert.rejects(keepTrying(never, patience(0, waits)), { code: "EXCHANGE_REFUSED" });
  });

  it("ends at once with what does not pass by itself", async () => {
    const waits: number[] = [];
    const wrong = () => Promise.reject(new Fault("ARN_INVALID", "wrong"));
    await assert.rejects(keepTrying(wrong, patience(60, waits)), { code: "ARN_INVALID" });
    assert.deepEqual(waits, []);
  });
});
