import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { howOften } from "../how-often.ts";
import { examined } from "./store-home.ts";
import { type StoreProcesses, someAtATime, storeProcesses } from "./store-processes.ts";

/** A process that saves without end is killed at random instants. A file of its own, because so many processes take their time. */
let processes: StoreProcesses;
before(async () => {
  processes = await storeProcesses();
});
after(() => processes.end());

const WIDTH = 3;

describe("saves that are killed at random instants", () => {
  it("leave the last value that was saved, or the one being saved", async (context) => {
    const rounds = howOften(context, { what: "kills in each of three homes", few: 15, all: 100 });
    const job = async (): Promise<void> => {
      const home = processes.home();
      for (let round = 0; round < rounds; round++) await killedAtRandom(home);
    };
    await someAtATime(WIDTH, [job, job, job]);
  });
});

async function killedAtRandom(home: string): Promise<void> {
  const { child, ended } = processes.start(home, ["endless"]);
  child.stdout?.once("data", () => setTimeout(() => child.kill("SIGKILL"), Math.random() * 15));
  const { signal, lines } = await ended;
  assert.equal(signal, "SIGKILL");
  const [word, number] = (lines.at(-1) ?? "").split(" ");
  const found = Number((await examined(home, "count", lines)) ?? 0);
  const expected = word === "saved" ? [Number(number)] : [Number(number) - 1, Number(number)];
  assert.ok(expected.includes(found), `${found} was found after ${lines.slice(-2).join(", ")}`);
}
