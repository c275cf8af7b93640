import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import { askingProfiles } from "./aws-profiles.ts";
import { parseAwsCliOidc } from "./parse.ts";

const MINIMAL = "oidc_provider_metadata_url: https://id.example/.well-known/openid-configuration\n  client_id: c\n";

test("a dot in a provider's name, which the tool makes a level of its own, is a dot again", () => {
  const [provider] = parseAwsCliOidc(`my:\n ${MINIMAL.replace("  client", " client")}`, "f");
  assert.equal(provider?.name, "my");
  const nested = `my:\n  op:\n    ${MINIMAL.replace("  client", "    client")}`;
  assert.equal(parseAwsCliOidc(nested, "f")[0]?.name, "my.op");
});

test("what ties an answer to its request is not taken over", () => {
  const query =
    '  oidc_authentication_request_additional_query: "prompt=login&state=x&request_uri=urn:x&scope=openid%20email&hd=a%3Db"\n';
  const [provider] = parseAwsCliOidc(`p:\n  ${MINIMAL}${query}`, "f");
  assert.deepEqual(provider?.authorizationParameters, { prompt: "login", hd: "a=b" });
  assert.deepEqual(provider.scopes, ["openid", "email"]);
  assert.equal(provider.left.length, 2);
});

test("a key that the tool does not have is named and left out, and none that it has", () => {
  const [provider] = parseAwsCliOidc(`p:\n  ${MINIMAL}  colour: blue\n  client_auth_ca: ""\n`, "f");
  assert.deepEqual(provider?.left, ["colour: brevet does not know it"]);
});

const BAD: readonly string[] = [
  "",
  "- a",
  "p: 1",
  "p:\n  oidc_provider_metadata_url: x\n  client_id: c\n",
  "p:\n  oidc_provider_metadata_url: http://id.example/.well-known/openid-configuration\n  client_id: c\n",
  "p:\n  oidc_provider_metadata_url: https://id.example?a=/.well-known/openid-configuration\n  client_id: c\n",
  "p:\n  oidc_provider_metadata_url: https://me:pw@id.example/.well-known/openid-configuration\n  client_id: c\n",
  `p:\n  ${MINIMAL}  default_iam_role_arn: dev\n`,
  `p:\n  ${MINIMAL}  max_session_duration_seconds: 60\n`,
  `p:\n  ${MINIMAL}  aws_federation_type: kerberos\n`,
  `p:\n  ${MINIMAL}  aws_federation_type: saml2\n`,
  "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
  "p: &a\n  q: *a\n",
  "x: !!js/function 'y'\n".repeat(3),
];
for (const text of BAD) {
  test(`${JSON.stringify(text.slice(0, 130))} is refused`, () => {
    assert.throws(
      () => parseAwsCliOidc(text, "f"),
      (cause) => cause instanceof Fault && cause.code === "IMPORT_MALFORMED",
    );
  });
}

test("a tag that YAML does not know has no line of the file quoted, because it may be the secret's", (t) => {
  const warned = t.mock.method(process, "emitWarning", () => undefined);
  const [provider] = parseAwsCliOidc(`p:\n  ${MINIMAL}  client_secret: !vault hunter2\n`, "f");
  assert.equal(provider?.clientSecret?.reveal(), "hunter2");
  assert.equal(warned.mock.callCount(), 0);
});

test("any text gives providers or a fault, and no part of a secret is said", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      try {
        parseAwsCliOidc(`p:\n  client_secret: hunter2\n  ${text}`, "f");
      } catch (cause) {
        assert.ok(cause instanceof Fault, String(cause));
        assert.ok(!cause.message.includes("hunter2"));
      }
    }),
  );
});

test("the profiles that ask the other tool are found, however its words are written", () => {
  const text = [
    "[profile a]",
    "credential_process=aws-cli-oidc get-cred -p op -r arn:aws:iam::123456789012:role/a -j -s -d 43200",
    "[profile b]",
    'credential_process = "/usr/local/bin/aws-cli-oidc" get-cred --provider=op --json',
    "[profile c]",
    "credential_process = other get-cred -p op",
    "[profile d]",
    "region = eu-west-1",
  ].join("\n");
  assert.deepEqual(askingProfiles(text, "f"), [
    { name: "a", provider: "op", roleArn: "arn:aws:iam::123456789012:role/a", durationSeconds: 43_200 },
    { name: "b", provider: "op", roleArn: null, durationSeconds: null },
  ]);
});
