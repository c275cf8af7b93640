import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { type Scripted, scriptedServer, stsSuccess } from "./aws-exchange-servers.ts";
import { ARN, assertion, exchangeWith, faultOf, NOW } from "./aws-exchange-setting.ts";

type BadAnswer = (t: TestContext) => Promise<{ readonly url: string }>;

const badAnswers: readonly { readonly name: string; readonly server: BadAnswer; readonly code: FaultCode }[] = [
  { name: "unreachable", server: async () => ({ url: "http://127.0.0.1:1/" }), code: "NETWORK_UNREACHABLE" },
  {
    name: "HTML with status 200",
    server: (t) => scriptedServer(t, { body: "<!doctype html><title>Log in</title>" }),
    code: "RESPONSE_INVALID",
  },
  {
    name: "HTML with status 502",
    server: (t) => scriptedServer(t, { status: 502, body: "<html></html>" }),
    code: "EXCHANGE_UNAVAILABLE",
  },
  {
    name: "a redirect",
    server: (t) => scriptedServer(t, { status: 302, headers: { location: "https://elsewhere.example/" }, body: "" }),
    code: "RESPONSE_INVALID",
  },
  {
    name: "half an answer",
    server: (t) =>
      scriptedServer(t, (_, response) =>
        response.writeHead(200, { "content-length": "1000" }).write("<Assume", () => response.destroy()),
      ),
    code: "RESPONSE_INVALID",
  },
  {
    name: "half a document",
    server: (t) => scriptedServer(t, { body: "<AssumeRoleWithWebIdentityResponse><Assume" }),
    code: "RESPONSE_INVALID",
  },
  ...["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"].map((member) => ({
    name: `credentials without their ${member}`,
    server: async (t: TestContext) => {
      const { body } = stsSuccess("AssumeRoleWithWebIdentity");
      const without = body.replace(new RegExp(`<${member}>[^<]*</${member}>`), "");
      assert.notEqual(without, body);
      return scriptedServer(t, { body: without });
    },
    code: "RESPONSE_INVALID" as const,
  })),
];

for (const { name, server, code } of badAnswers) {
  test(`STS gives ${name}: ${code}`, async (t) => {
    const { url } = await server(t);
    const { exchange } = exchangeWith({ options: { endpointUrl: url } });
    assert.equal((await faultOf(exchange.redeem(assertion))).code, code);
  });
}

for (const [percent, warned] of [
  [75, 0],
  [76, 1],
  ["1e999", 0],
  ["0x99", 0],
  ["9".repeat(400), 0],
] as const) {
  test(`a packed size of ${percent} % gives ${warned} warning(s)`, async (t) => {
    const size = `<PackedPolicySize>${percent}</PackedPolicySize>`;
    const sts = await scriptedServer(t, stsSuccess("AssumeRoleWithWebIdentity", size));
    const { exchange, warnings } = exchangeWith({ options: { endpointUrl: sts.url } });
    await exchange.redeem(assertion);
    assert.equal(warnings.length, warned);
  });
}

const impostors: readonly (readonly [name: string, answer: Scripted])[] = [
  ["have ended by now", stsSuccess("AssumeRoleWithWebIdentity", "", "2026-01-01T00:00:00Z")],
  ["live 12 h 5 min and a second", stsSuccess("AssumeRoleWithWebIdentity", "", "2026-01-01T12:05:01Z")],
  ["end on no day of any calendar", stsSuccess("AssumeRoleWithWebIdentity", "", "2026-02-31T00:00:00Z")],
  ...(
    [
      ["belong to another account", "arn:aws:sts::210987654321:assumed-role/dev/laptop"],
      ["belong to another role", "arn:aws:sts::123456789012:assumed-role/dev2/laptop"],
      ["belong to another partition", "arn:aws-cn:sts::123456789012:assumed-role/dev/laptop"],
      ["belong to a user", "arn:aws:iam::123456789012:user/dev"],
    ] as const
  ).map(([name, arn]): readonly [string, Scripted] => {
    const { body } = stsSuccess("AssumeRoleWithWebIdentity");
    return [name, { body: body.replace(ARN, arn) }];
  }),
];

for (const [name, answer] of impostors) {
  test(`credentials that ${name} are not taken`, async (t) => {
    const sts = await scriptedServer(t, answer);
    const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
    assert.equal((await faultOf(exchange.redeem(assertion))).code, "RESPONSE_INVALID");
  });
}

test("credentials that live 12 h 5 min are taken, and a role's path is no part of its session's name", async (t) => {
  const sts = await scriptedServer(t, stsSuccess("AssumeRoleWithWebIdentity", "", "2026-01-01T12:05:00Z"));
  const { exchange } = exchangeWith({
    options: { endpointUrl: sts.url, roleArn: "arn:aws:iam::123456789012:role/some/path/dev" },
  });
  assert.equal((await exchange.redeem(assertion)).expiresAt, NOW + 43_500);
});

test("an entity in the answer is not expanded", async (t) => {
  const { body } = stsSuccess("AssumeRoleWithWebIdentity");
  const doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>';
  const sts = await scriptedServer(t, { body: doctype + body.replace("ASIAEXAMPLE", "&e;") });
  const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
  assert.equal((await faultOf(exchange.redeem(assertion))).code, "RESPONSE_INVALID");
});
