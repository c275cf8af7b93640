import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { handOver } from "./hand-over.ts";

const ADDRESS = "https://signin.aws.amazon.com/federation?Action=login&SigninToken=fake-token";
const secret = new Secret("sign-in address", ADDRESS);

describe("a browser that is led to an address which nobody else may have", () => {
  it("is started with a page of this machine, which leads it on once", async () => {
    const seen: unknown[] = [];
    const open = async (page: string): Promise<boolean> => {
      assert.match(page, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}$/);
      const ask = async (address: string, method: string): Promise<void> => {
        const { status, headers } = await fetch(address, { redirect: "manual", method });
        seen.push([method, status, headers.get("location")]);
        if (status === 302)
          assert.deepEqual([headers.get("cache-control"), headers.get("referrer-policy")], ["no-store", "no-referrer"]);
      };
      await ask(new URL("/", page).href, "GET");
      await ask(page, "HEAD");
      await ask(page, "POST");
      await Promise.all([ask(page, "GET"), ask(page, "GET")]);
      return true;
    };
    await handOver(secret, open, "brevet console dev");
    assert.deepEqual(seen.slice(0, 3), [
      ["GET", 404, null],
      ["HEAD", 405, null],
      ["POST", 405, null],
    ]);
    assert.deepEqual(new Set(seen.slice(3).map(String)), new Set([String(["GET", 302, ADDRESS]), String(["GET", 410, null])]));
  });

  it("does not come where none opens: nothing is served any more, and the command that prints it is named", async () => {
    let page = "";
    const open = async (url: string): Promise<boolean> => {
      page = url;
      return false;
    };
    await assert.rejects(handOver(secret, open, "brevet console dev"), (fault: unknown) => {
      assert.ok(fault instanceof Fault && fault.code === "PERSON_ABSENT");
      assert.match(fault.hints.join(), /`brevet console dev --print`/);
      return true;
    });
    await assert.rejects(fetch(page));
  });
});
