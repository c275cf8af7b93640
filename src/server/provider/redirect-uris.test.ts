import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkRedirects } from "./redirect-uris.ts";

const check =
  (uri: unknown, application_type?: string, member = "redirect_uris") =>
  () =>
    checkRedirects(member, [uri], { application_type });

describe("where a client sends browsers back to", () => {
  for (const [type, uri] of [
    [undefined, "https://app.example.com/back"],
    ["web", "http://localhost:3000/back"],
    ["web", "http://127.0.0.1:3000/back"],
    ["web", "http://[::1]/back"],
    ["native", "http://127.0.0.1/back"],
    ["native", "https://app.example.com/claimed"],
    ["native", "com.example.app:/back"],
  ] as const) {
    test(`may be ${uri} of a client that is ${type ?? "web by default"}`, () => assert.doesNotThrow(check(uri, type)));
  }

  for (const [type, uri] of [
    [undefined, "http://evil.example/back"],
    ["web", "http://localhost.evil.example/back"],
    ["web", "http://127.0.0.1@evil.example/back"],
    ["web", "http://127.0.0.2/back"],
    ["web", "com.example.app:/back"],
    ["web", "javascript:alert(1)"],
    ["native", "http://evil.example/back"],
    ["native", "http://192.168.0.1/back"],
    ["native", "myapp:/back"],
    ["native", "data:text/html,x"],
  ] as const) {
    test(`may not be ${uri} of a client that is ${type ?? "web by default"}`, () => {
      for (const member of ["redirect_uris", "post_logout_redirect_uris"]) {
        assert.throws(check(uri, type, member), (cause: { error_description?: string }) => {
          assert.ok(
            cause.error_description?.startsWith(member) && cause.error_description.endsWith(uri),
            cause.error_description,
          );
          return true;
        });
      }
    });
  }

  test("is told in characters that a description may have", () => {
    assert.throws(check('http://evil.example/"\\é'), (cause: { error_description?: string }) =>
      /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(cause.error_description ?? ""),
    );
  });

  test("is left to the provider where it is no URL", () => {
    for (const nothing of [1, null, "", "back"]) assert.doesNotThrow(check(nothing));
    assert.doesNotThrow(() => checkRedirects("redirect_uris", "https://app.example.com", {}));
  });
});
