import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Context } from "../command.ts";
import { confirmedId } from "./confirmed.ts";

describe("what is meant by the beginning of an id", () => {
  const FULL = "yJJMkVAYQ1eXTH0tJoYfSQ";
  const look = async (typed: string) => ({ id: FULL, question: `remove what begins with ${typed}?` });
  const answered = (answer: boolean, asked: string[]): Context => {
    const confirm = async (question: string, preselected: string): Promise<boolean> => {
      asked.push(question, preselected);
      return answer;
    };
    return { terminal: { confirm } } as unknown as Context;
  };

  test("is named in full after the person was asked about it", async () => {
    const asked: string[] = [];
    assert.equal(await confirmedId(false, "yJJMkV", answered(true, asked), look), FULL);
    assert.deepEqual(asked, ["remove what begins with yJJMkV?", "no"]);
  });

  test("is not changed where the person does not want it", async () => {
    await assert.rejects(confirmedId(false, "yJJMkV", answered(false, []), look), { code: "INTERRUPTED" });
  });

  test("is named as it was typed, and not looked up, by who said yes before", async () => {
    const asked: string[] = [];
    assert.equal(await confirmedId(true, "yJJMkV", answered(true, asked), () => assert.fail("looked up")), "yJJMkV");
    assert.deepEqual(asked, []);
  });
});
