import assert from "node:assert/strict";
import { test } from "node:test";
import { pastProxies } from "./past-proxies.ts";

test("a proxy is told nothing of this machine, and keeps what it had to leave alone", () => {
  const cases = [
    [{}, {}],
    [{ HTTPS_PROXY: "http://proxy:3128", no_proxy: "a" }, {}],
    [{ HTTP_PROXY: "http://proxy:3128" }, { no_proxy: "127.0.0.1", NO_PROXY: "127.0.0.1" }],
    [
      { http_proxy: "p", NO_PROXY: "a,b" },
      { no_proxy: "a,b,127.0.0.1", NO_PROXY: "a,b,127.0.0.1" },
    ],
    [
      { ALL_PROXY: "p", no_proxy: "a", NO_PROXY: "b" },
      { no_proxy: "a,127.0.0.1", NO_PROXY: "b,127.0.0.1" },
    ],
    [
      { all_proxy: "p", no_proxy: "*" },
      { no_proxy: "*", NO_PROXY: "*" },
    ],
  ] as const;
  for (const [environment, expected] of cases) assert.deepEqual(pastProxies(environment, "127.0.0.1"), expected);
});
