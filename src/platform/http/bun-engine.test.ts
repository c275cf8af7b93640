import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalBy } from "./bun-engine.ts";
import { networkFault } from "./network-fault.ts";

const messageAbout = (url: string): string => {
  const outgoing = { url: new URL(url), proxy: null, deadline: new AbortController().signal } as Parameters<
    typeof networkFault
  >[1];
  const refused = Object.assign(new Error("Unable to connect"), { code: "ECONNREFUSED" });
  return networkFault(refusalBy(outgoing.url, refused), outgoing, {}).message;
};

test("a host is said to have refused where that is known, and not because Bun has no other word", () => {
  for (const host of ["127.0.0.1:9", "localhost:9", "[::1]:9", "192.0.2.1", "[2001:db8::1]"]) {
    assert.equal(messageAbout(`https://${host}/`), `${host} cannot be reached: it refused the connection`);
  }
  assert.match(
    messageAbout("https://sts.eu-west-1.amazonaws.com/"),
    /it refused the connection, or this network has no way to it/,
  );
});
