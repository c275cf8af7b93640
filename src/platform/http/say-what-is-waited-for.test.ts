import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HttpResponse } from "../../core/http.ts";
import { sayWhatIsWaitedFor } from "./say-what-is-waited-for.ts";

const ANSWER: HttpResponse = { status: 200, headers: {}, body: "" };

describe("a request that takes long", () => {
  it("says for whom it waits after three seconds, and nothing once it is answered", async ({ mock }) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const said: string[] = [];
    let answer: (response: HttpResponse) => void = () => assert.fail("nothing was asked");
    const http = sayWhatIsWaitedFor(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      (text) => said.push(text),
    );
    const asked = http({ method: "POST", url: "https://sts.us-east-1.amazonaws.com/" });
    mock.timers.tick(2999);
    assert.deepEqual(said, []);
    mock.timers.tick(1);
    assert.deepEqual(said, ["waiting for sts.us-east-1.amazonaws.com"]);
    answer(ANSWER);
    assert.equal(await asked, ANSWER);
    const quick = http({ method: "GET", url: "https://iam.amazonaws.com/" });
    answer(ANSWER);
    await quick;
    mock.timers.tick(10_000);
    assert.equal(said.length, 1);
  });
});
