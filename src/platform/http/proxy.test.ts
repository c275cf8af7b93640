import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { proxyFor } from "./proxy.ts";

const PROXY = "http://proxy.example:3128/";

async function goesThroughProxy(url: string, exceptions: string): Promise<boolean> {
  const proxy = await proxyFor(new URL(url), { HTTPS_PROXY: PROXY, NO_PROXY: exceptions });
  assert.ok(proxy === null || proxy.href === PROXY);
  return proxy !== null;
}

const cases: readonly [exceptions: string, url: string, proxied: boolean][] = [
  ["", "https://sts.example/", true],
  ["*", "https://sts.example/", false],
  ["example", "https://sts.example/", false],
  ["sts.example", "https://sts.example/", false],
  ["STS.Example", "https://sts.example/", false],
  [".example", "https://sts.example/", false],
  ["*.example", "https://sts.example/", false],
  [".sts.example", "https://sts.example/", true],
  ["ts.example", "https://sts.example/", true],
  ["other.example, sts.example", "https://sts.example/", false],
  ["other.example sts.example", "https://sts.example/", false],
  ["sts.example:443", "https://sts.example/", false],
  ["sts.example:8443", "https://sts.example/", true],
  ["sts.example:8443", "https://sts.example:8443/", false],
  ["10.0.0.1", "https://10.0.0.1/", false],
  ["10.0.0.0/8", "https://10.200.3.4/", false],
  ["10.0.0.0/8", "https://11.0.0.1/", true],
  ["10.0.0.0/33", "https://10.0.0.1/", true],
  ["10.0.0.0/", "https://10.0.0.1/", true],
  ["10.0.0.0/8", "https://sts.example/", true],
  ["fd00::/8", "https://[fd00::1]/", false],
  ["[fd00::1]", "https://[fd00::1]/", false],
  ["fd00::1", "https://[fd00::1]/", false],
  ["[fd00::1]:8443", "https://[fd00::1]/", true],
  ["fe80::/10", "https://[fd00::1]/", true],
];

for (const [exceptions, url, proxied] of cases) {
  test(`NO_PROXY="${exceptions}" and ${url}: ${proxied ? "through the proxy" : "direct"}`, async () => {
    assert.equal(await goesThroughProxy(url, exceptions), proxied);
  });
}

for (const url of [
  "https://localhost/",
  "https://127.0.0.1/",
  "https://127.8.9.10:8443/",
  "https://[::1]/",
  "http://127.0.0.1/",
]) {
  test(`${url} is this machine: direct`, async () => {
    assert.equal(await goesThroughProxy(url, ""), false);
  });
}

test("the lower-case name wins, and a proxy may come without a scheme", async () => {
  const environment = { https_proxy: "lower.example:1", HTTPS_PROXY: PROXY };
  assert.equal((await proxyFor(new URL("https://sts.example/"), environment))?.href, "http://lower.example:1/");
  assert.equal(await proxyFor(new URL("https://sts.example/"), { HTTP_PROXY: PROXY }), null);
});

for (const text of ["socks5://proxy.example", "http://", "http://[", "ftp://proxy.example"]) {
  test(`${text} is no proxy`, async () => {
    await assert.rejects(
      proxyFor(new URL("https://sts.example/"), { HTTPS_PROXY: text }),
      (error) => error instanceof Fault && error.code === "URL_INVALID",
    );
  });
}
