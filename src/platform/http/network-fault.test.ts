import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outgoing } from "./engine.ts";
import { networkFault } from "./network-fault.ts";

test("a host that is silent is told with what to look at, but for one of this machine", () => {
  for (const [host, environment, hint] of [
    ["sts.example", {}, /see HTTPS_PROXY/],
    ["sts.example", { HTTP_PROXY: "http://proxy.example" }, /HTTP_PROXY is set and HTTPS_PROXY is not/],
    ["127.0.0.1", {}, /^$/],
  ] as const) {
    const url = new URL(`https://${host}/`);
    const outgoing: Outgoing = {
      request: { method: "GET", url: url.href },
      url,
      maxBodyBytes: 1,
      deadline: AbortSignal.abort(),
      proxy: null,
      authorities: null,
      clientCertificate: null,
      resolve: null,
    };
    const fault = networkFault(new Error("aborted"), outgoing, environment);
    assert.equal(fault.code, "NETWORK_TIMEOUT");
    assert.match(fault.hints.join(), hint);
  }
});
