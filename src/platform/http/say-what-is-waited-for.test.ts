import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HttpResponse } from "../../core/http.ts";
import { sayWhatIsWaitedFor } from "./say-what-is-waited-for.ts";

const ANSWER: HttpResponse = { status: 200, headers: {}, body: "" };

describe("a request that takes long", () => {
  it("says for whom it waits after two seconds, once, and nothing once it is answered", async ({ mock }) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const said: string[] = [];
    let answer: (response: HttpResponse) => void = () => assert.fail("nothing was asked");
    const http = sayWhatIsWaitedFor(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      (text) => said.push(text),
      new Set(),
    );
    const asked = http({ method: "POST", url: "https://sts.us-east-1.amazonaws.com/" });
    mock.timers.tick(1999);
    assert.deepEqual(said, []);
    mock.timers.tick(1);
    assert.deepEqual(said, ["waiting for sts.us-east-1.amazonaws.com"]);
    answer(ANSWER);
    assert.equal(await asked, ANSWER);
    const again = http({ method: "POST", url: "https://sts.us-east-1.amazonaws.com/" });
    mock.timers.tick(10_000);
    answer(ANSWER);
    await again;
    const quick = http({ method: "GET", url: "https://iam.amazonaws.com/" });
    answer(ANSWER);
    await quick;
    mock.timers.tick(10_000);
    assert.equal(said.length, 1);
  });

  it("says nothing while its body is made", async ({ mock }) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const said: string[] = [];
    let sign: (body: string) => void = () => undefined;
    let answer: (response: HttpResponse) => void = () => undefined;
    const text = new Promise<string>((resolve) => {
      sign = resolve;
    });
    const http = sayWhatIsWaitedFor(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      (line) => said.push(line),
      new Set(),
    );
    const asked = http({
      method: "POST",
      url: "https://sts.us-east-1.amazonaws.com/",
      body: { byteLength: 4, text: () => text },
    });
    mock.timers.tick(60_000);
    assert.deepEqual(said, []);
    sign("body");
    await text;
    mock.timers.tick(2000);
    assert.deepEqual(said, ["waiting for sts.us-east-1.amazonaws.com"]);
    answer(ANSWER);
    await asked;
  });
});
