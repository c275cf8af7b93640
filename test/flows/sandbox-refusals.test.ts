import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  AUDIENCE,
  form,
  ISSUER,
  type RawAnswer,
  ROLE,
  roleCall,
  SUBJECT,
  send,
  startTestSandbox,
  type TestIssuer,
} from "./sandbox-issuer.ts";

/**
 * From one valid request, one field is changed at a time; each change has to fail with its own code of AWS. The valid
 * request itself is sent before and after all of them.
 */
let issuer: TestIssuer;
let ca: string;
before(async () => {
  issuer = await startTestSandbox();
  ca = readFileSync(issuer.sandbox.caFile, "utf8");
});
after(() => issuer.close());

type Fields = Readonly<Record<string, string | undefined>>;

async function request(changes: Fields = {}, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
  const body = roleCall(changes["WebIdentityToken"] ?? (await issuer.token()), changes);
  return send(issuer.sandbox, { ca, body, headers: { "content-type": "application/x-www-form-urlencoded", ...headers } });
}

async function expectServed(): Promise<void> {
  const answer = await request();
  assert.equal(answer.status, 200, answer.body);
  assert.match(answer.body, /<AccessKeyId>ASIA[A-Z2-7]{16}</);
}

test("the unchanged request is served", expectServed);

for (const [name, method, path] of [
  ["a list of buckets", "GET", "/"],
  ["an object", "PUT", "/bucket/key"],
] as const) {
  test(`a call of another service, ${name}, is told that STS alone is here`, async () => {
    const scope = "AKIAIOSFODNN7EXAMPLE/20260301/us-east-1/s3/aws4_request";
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`;
    const answer = await send(issuer.sandbox, { ca, method, path, body: "", headers: { authorization } });
    assert.deepEqual([answer.status, answer.code], [400, "SandboxServiceAbsent"]);
  });
}

const policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:Get*", Resource: "*" }] });

const parameters: readonly (readonly [name: string, changes: Fields, code: string])[] = [
  ["no action", { Action: undefined }, "MissingAction"],
  ["an unknown action", { Action: "AssumeRoot" }, "InvalidAction"],
  ["an action in another case", { Action: "assumerolewithwebidentity" }, "InvalidAction"],
  ["a provider id", { ProviderId: "www.amazon.com" }, "ValidationError"],
  ["a policy with a character beyond Latin-1", { Policy: policy.replace("s3:Get*", "s3:→") }, "ValidationError"],
  ["no version", { Version: undefined }, "InvalidAction"],
  ["another version", { Version: "2010-05-08" }, "InvalidAction"],
  ["no role", { RoleArn: undefined }, "ValidationError"],
  ["a role that is no ARN", { RoleArn: "dev-dev-dev-dev-dev-dev" }, "ValidationError"],
  ["a short role", { RoleArn: "arn:aws:iam::1" }, "ValidationError"],
  ["an ARN of a user", { RoleArn: "arn:aws:iam::123456789012:user/dev" }, "ValidationError"],
  ["a role that does not exist", { RoleArn: `${ROLE}x` }, "AccessDenied"],
  ["a role in another case", { RoleArn: ROLE.replace("dev", "Dev") }, "AccessDenied"],
  ["a role of another account", { RoleArn: ROLE.replace("123456789012", "210987654321") }, "AccessDenied"],
  ["a role of another partition", { RoleArn: ROLE.replace("arn:aws:", "arn:aws-cn:") }, "AccessDenied"],
  ["no session name", { RoleSessionName: undefined }, "ValidationError"],
  ["a session name of one character", { RoleSessionName: "a" }, "ValidationError"],
  ["a session name of 65 characters", { RoleSessionName: "a".repeat(65) }, "ValidationError"],
  ["a session name with a space", { RoleSessionName: "my laptop" }, "ValidationError"],
  ["a session name with a slash", { RoleSessionName: "my/laptop" }, "ValidationError"],
  ["a session name with an umlaut", { RoleSessionName: "jürgen" }, "ValidationError"],
  ["a session name with a line end", { RoleSessionName: "laptop\n" }, "ValidationError"],
  ["an empty token", { WebIdentityToken: "" }, "ValidationError"],
  ["a token of 20,001 characters", { WebIdentityToken: "a".repeat(20_001) }, "ValidationError"],
  ["a token that is no JWT", { WebIdentityToken: "abcd" }, "InvalidIdentityToken"],
  ["a duration of 899 s", { DurationSeconds: "899" }, "ValidationError"],
  ["a duration of 43,201 s", { DurationSeconds: "43201" }, "ValidationError"],
  ["a duration over the role's", { DurationSeconds: "3601" }, "ValidationError"],
  ["a duration that is no number", { DurationSeconds: "1h" }, "ValidationError"],
  ["a duration with a fraction", { DurationSeconds: "1800.5" }, "ValidationError"],
  ["a policy that is no JSON", { Policy: "{" }, "MalformedPolicyDocument"],
  ["a policy without statements", { Policy: '{"Version":"2012-10-17","Statement":[]}' }, "MalformedPolicyDocument"],
  ["a policy with a principal", { Policy: policy.replace('"Effect"', '"Principal":"*","Effect"') }, "MalformedPolicyDocument"],
  ["a policy without a resource", { Policy: policy.replace(',"Resource":"*"', "") }, "MalformedPolicyDocument"],
  ["a policy of 2,049 characters", { Policy: policy.padEnd(2049) }, "ValidationError"],
  ["a policy of another account", { "PolicyArns.member.1.arn": "arn:aws:iam::210987654321:policy/x" }, "ValidationError"],
  ["a policy ARN that is none", { "PolicyArns.member.1.arn": "ReadOnlyAccess" }, "ValidationError"],
  ["a list of policies with a gap", { "PolicyArns.member.2.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess" }, "ValidationError"],
  [
    "eleven policies",
    Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`PolicyArns.member.${i + 1}.arn`, `arn:aws:iam::aws:policy/P${i}`])),
    "ValidationError",
  ],
];

for (const [name, changes, code] of parameters) {
  test(`${name}: ${code}`, async () => {
    const answer = await request(changes);
    assert.equal(answer.code, code, answer.body);
    assert.ok(!answer.body.includes("AccessKeyId"));
  });
}

const claims: readonly (readonly [name: string, changes: Readonly<Record<string, unknown>>, code: string])[] = [
  ["another issuer", { iss: "https://issuer.example/other" }, "InvalidIdentityToken"],
  ["the issuer in another case", { iss: ISSUER.replace("issuer", "Issuer") }, "InvalidIdentityToken"],
  ["the issuer with a slash", { iss: `${ISSUER}/` }, "InvalidIdentityToken"],
  ["the issuer by http", { iss: ISSUER.replace("https", "http") }, "InvalidIdentityToken"],
  ["no issuer", { iss: undefined }, "InvalidIdentityToken"],
  ["another audience", { aud: "sts.amazonaws.com.example" }, "InvalidIdentityToken"],
  ["the audience in another case", { aud: "STS.amazonaws.com" }, "InvalidIdentityToken"],
  ["no audience", { aud: undefined }, "InvalidIdentityToken"],
  ["an empty list of audiences", { aud: [] }, "InvalidIdentityToken"],
  ["several audiences and no azp", { aud: [AUDIENCE, "other"] }, "InvalidIdentityToken"],
  ["an azp that is not registered", { azp: "somebody" }, "InvalidIdentityToken"],
  ["another subject", { sub: "laptop-aaaaaaaaaa" }, "AccessDenied"],
  ["no subject", { sub: undefined }, "InvalidIdentityToken"],
  ["an empty subject", { sub: "" }, "InvalidIdentityToken"],
  ["no expiry", { exp: undefined }, "InvalidIdentityToken"],
  ["an expiry with a fraction", { exp: Math.floor(Date.now() / 1000) + 300.5 }, "InvalidIdentityToken"],
  ["an expiry as text", { exp: "4102444800" }, "InvalidIdentityToken"],
  ["an expiry in the past", { exp: 1_700_000_000 }, "ExpiredTokenException"],
  ["no time of issue", { iat: undefined }, "InvalidIdentityToken"],
  ["a time of issue with a fraction", { iat: 1_700_000_000.5 }, "InvalidIdentityToken"],
  ["a time of issue in the future", { iat: 4_102_444_000, exp: 4_102_444_800 }, "InvalidIdentityToken"],
  ["not before a time in the future", { nbf: 4_102_444_000 }, "InvalidIdentityToken"],
  ["not before a fraction", { nbf: 1.5 }, "InvalidIdentityToken"],
  ["roles without this one", { "https://aws.amazon.com/roles": [`${ROLE}x`] }, "InvalidIdentityToken"],
  ["roles with a wildcard", { "https://aws.amazon.com/roles": ["arn:aws:iam::123456789012:role/*"] }, "InvalidIdentityToken"],
  ["an empty list of roles", { "https://aws.amazon.com/roles": [] }, "InvalidIdentityToken"],
  ["roles of another form", { "https://aws.amazon.com/roles": { dev: ROLE } }, "InvalidIdentityToken"],
  ["tags that the role does not allow", { "https://aws.amazon.com/tags": { principal_tags: { Team: ["a"] } } }, "AccessDenied"],
  ["a tag with two values", { "https://aws.amazon.com/tags": { principal_tags: { Team: ["a", "b"] } } }, "InvalidIdentityToken"],
  ["a source identity that the role does not allow", { "https://aws.amazon.com/source_identity": "jo" }, "AccessDenied"],
  ["a source identity with a space", { "https://aws.amazon.com/source_identity": "j o" }, "InvalidIdentityToken"],
];

for (const [name, changes, code] of claims) {
  test(`a token with ${name}: ${code}`, async () => {
    const answer = await request({ WebIdentityToken: await issuer.token(changes) });
    assert.equal(answer.code, code, answer.body);
    assert.ok((issuer.records.at(-1)?.findings.length ?? 0) > 0, "the log says why");
  });
}

test("one audience in a list, and several with an azp that is registered, are served", async () => {
  for (const changes of [{ aud: [AUDIENCE] }, { aud: ["other", AUDIENCE], azp: AUDIENCE }]) {
    // The trust policy of the role tests `aud`, which with an azp is the azp.
    const answer = await request({ WebIdentityToken: await issuer.token(changes) });
    assert.equal(answer.status, 200, answer.body);
  }
});

test("a parameter that is given twice is refused", async () => {
  const body = `${form({ Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleArn: ROLE })}&RoleArn=${encodeURIComponent(ROLE)}`;
  assert.equal((await send(issuer.sandbox, { ca, body })).code, "ValidationError");
});

test("the session token of other credentials is refused", async () => {
  assert.equal((await request({}, { "x-amz-security-token": "x" })).code, "InvalidIdentityToken");
});

test("the error has AWS's form, status and headers, and the token is not in it", async () => {
  const WebIdentityToken = await issuer.token({ aud: "wrong" });
  const answer = await request({ WebIdentityToken });
  assert.equal(answer.status, 400);
  assert.equal(answer.message, "Incorrect token audience");
  assert.match(
    answer.body,
    /^<ErrorResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">\n {2}<Error>\n {4}<Type>Sender<\/Type>/,
  );
  assert.match(answer.body, /<RequestId>[0-9a-f-]{36}<\/RequestId>\n<\/ErrorResponse>/);
  assert.equal(answer.headers["content-type"], "text/xml");
  assert.equal(Date.parse(String(answer.headers["date"])), issuer.clock.seconds * 1000);
  const record = issuer.records.at(-1);
  assert.deepEqual(record?.findings[0]?.wanted, [AUDIENCE]);
  assert.deepEqual(record?.findings[0]?.saw, ["wrong"]);
  assert.ok(!JSON.stringify(issuer.records).includes(WebIdentityToken.slice(0, 40)));
});

test("a denied request says which statement wanted what", async () => {
  const answer = await request({ WebIdentityToken: await issuer.token({ sub: "laptop-aaaaaaaaaa" }) });
  assert.equal(answer.status, 403);
  assert.equal(answer.message, "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  const findings = issuer.records.at(-1)?.findings ?? [];
  const deciding = findings.find((each) => each.saw?.includes("laptop-aaaaaaaaaa"));
  assert.deepEqual(deciding?.wanted, [SUBJECT]);
  assert.match(deciding?.at ?? "", /^Statement\[0\].*issuer\.example\/laptop-7f3a:sub/);
});

test("an edited trust policy holds from the next request on", async () => {
  const file = join(issuer.folder, "iam", "roles", "dev.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(SUBJECT, "somebody-else"));
  assert.equal((await request()).code, "AccessDenied");
  writeFileSync(file, text.replace('"StringEquals"', '"StringSimilar"'));
  assert.equal((await request()).code, "AccessDenied");
  assert.ok(
    issuer.records.at(-1)?.findings.some((each) => JSON.stringify(each).includes("StringSimilar")),
    "what was not decided is named",
  );
  writeFileSync(file, "{");
  const answer = await request();
  assert.equal(answer.code, "SandboxInvalid");
  assert.match(answer.message ?? "", /roles\/dev\.json/);
  writeFileSync(file, text);
  await expectServed();
});

test("the unchanged request is served after all of that", expectServed);
