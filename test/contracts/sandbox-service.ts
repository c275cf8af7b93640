import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SandboxRequest, SandboxService } from "../../src/sandbox/service.ts";

const HOSTILE_TEXTS = [
  "",
  "\0",
  "%",
  "%zz",
  "a=1&a=2",
  "__proto__=1",
  "<x>&amp;]]>",
  "é\ud800",
  "x".repeat(50_000),
  "{}",
  "[[[[",
];

/** A request that nothing was said about yet. */
export function requestWith(changes: Partial<SandboxRequest>): SandboxRequest {
  return {
    method: "POST",
    host: "127.0.0.1:4443",
    path: "/",
    query: "",
    headers: new Map(),
    body: "",
    sourceIp: "127.0.0.1",
    ...changes,
  };
}

/** What the listener relies on in every stand-in. */
export function sandboxServiceContract(service: SandboxService): void {
  describe(`stand-in ${service.name}`, () => {
    it("answers for its own certified names and for no other cloud's", () => {
      assert.ok(service.certifiedHosts.length > 0);
      for (const host of service.certifiedHosts) assert.ok(service.hasHost(host), host);
      for (const host of [
        "",
        "localhost",
        "example.com",
        "issuer.example",
        `${service.certifiedHosts[0]}.example`,
        `x${service.certifiedHosts[0]}`,
      ]) {
        assert.equal(service.hasHost(host), false, host);
      }
    });

    it("names the action of anything without failing", () => {
      for (const text of HOSTILE_TEXTS) assert.equal(typeof service.actionOf(requestWith({ body: text, query: text })), "string");
    });

    it("refuses what is no request, never breaks, and tells the log what it told the client", async () => {
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS"]) {
        for (const text of HOSTILE_TEXTS) {
          const { answer, record } = await service.answer(
            requestWith({ method, body: text, query: text, headers: new Map([["authorization", [text]]]) }),
          );
          assert.ok(answer.status >= 400 && answer.status < 500, `${method} ${answer.status} ${answer.body}`);
          assert.equal(record.status, answer.status);
          assert.equal(record.service, service.name);
          assert.ok(record.code !== null && answer.body.includes(record.code));
          assert.equal(
            Object.keys(answer.headers).every((name) => name === name.toLowerCase()),
            true,
          );
          assert.ok(answer.headers["content-type"] !== undefined);
        }
      }
    });

    it("never puts a bearer secret into the log", async () => {
      const secret = "eyJhbGciOiJFUzI1NiJ9.c2VjcmV0LXBheWxvYWQ.c2VjcmV0LXNpZ25hdHVyZQ";
      for (const name of ["WebIdentityToken", "SAMLAssertion", "subject_token", "client_assertion", "assertion", "TokenCode"]) {
        for (const action of [
          "",
          "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/a&RoleSessionName=aa&",
        ]) {
          const { answer, record } = await service.answer(requestWith({ body: `${action}${name}=${secret}` }));
          assert.ok(!JSON.stringify(record).includes("c2VjcmV0"), name);
          assert.ok(!answer.body.includes("c2VjcmV0"), name);
        }
      }
    });
  });
}
