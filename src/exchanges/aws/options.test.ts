import assert from "node:assert/strict";
import { test } from "node:test";
import { toJsonSchema } from "@valibot/to-json-schema";
import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { placeIn } from "../../core/place.ts";
import { awsOptionsSchema, parseAwsOptions } from "./options.ts";

const ROLE = "arn:aws:iam::123456789012:role/dev";

const WHERE = placeIn(null, "profiles.dev.aws");

test("a role alone is enough, and each default is what its description says", () => {
  assert.deepEqual(parseAwsOptions({ roleArn: ROLE }, WHERE), {
    role: { text: ROLE, partition: "aws", accountId: "123456789012", name: "dev" },
    region: null,
    place: WHERE,
    durationSeconds: 3600,
    saml: null,
    sessionName: null,
    policy: null,
    policyArns: [],
    tags: {},
    transitiveTags: [],
    sourceIdentity: null,
    externalId: null,
    endpointUrl: null,
    useFips: null,
    useDualStack: null,
    audience: null,
    pinRole: true,
  });
});

test("readOnly names the managed policy of the role's own partition, once", () => {
  const china = parseAwsOptions({ roleArn: "arn:aws-cn:iam::123456789012:role/a/b/dev", readOnly: true }, placeIn(null, "x"));
  assert.deepEqual(china.policyArns, ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"]);
  const policyArns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"];
  assert.deepEqual(parseAwsOptions({ roleArn: ROLE, readOnly: true, policyArns }, placeIn(null, "x")).policyArns, policyArns);
});

test("a session policy is sent without white space, whether it was written as JSON or as text", () => {
  const policy = { Version: "2012-10-17", Statement: [] };
  const compact = '{"Version":"2012-10-17","Statement":[]}';
  assert.equal(parseAwsOptions({ roleArn: ROLE, policy }, placeIn(null, "x")).policy, compact);
  assert.equal(parseAwsOptions({ roleArn: ROLE, policy: JSON.stringify(policy, null, 2) }, placeIn(null, "x")).policy, compact);
});

test("a character that AWS does not take in a policy is written as an escape of JSON", () => {
  const policy = { Statement: [{ Resource: "arn:aws:s3:::bücher/本/😀" }] };
  const text = parseAwsOptions({ roleArn: ROLE, policy }, placeIn(null, "x")).policy ?? "";
  assert.match(text, /^[\u0020-\u00ff]+$/);
  assert.deepEqual(JSON.parse(text), policy);
});

const duplicate = { Owner: "a", owner: "b" };
const tooMany = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"]));
const refused: readonly [FaultCode, Readonly<Record<string, unknown>>][] = [
  ["CONFIG_KEY_UNKNOWN", { roleARN: ROLE }],
  ["CONFIG_KEY_UNKNOWN", { regoin: "eu-west-1" }],
  ["CONFIG_MALFORMED", { roleArn: undefined }],
  ["CONFIG_MALFORMED", { roleArn: 7 }],
  ["CONFIG_MALFORMED", { readOnly: "yes" }],
  ["CONFIG_MALFORMED", { policyArns: ROLE }],
  ["ARN_INVALID", { roleArn: "dev" }],
  ["ARN_INVALID", { roleArn: "arn:aws:iam::123456789012:user/dev" }],
  ["ARN_INVALID", { roleArn: "arn:aws:sts::123456789012:assumed-role/dev/me" }],
  ["ARN_INVALID", { roleArn: "arn:aws:iam::12345678901:role/dev" }],
  ["ARN_INVALID", { roleArn: `arn:aws:iam::123456789012:role/${"x".repeat(65)}` }],
  ["ARN_INVALID", { roleArn: `${ROLE}\n` }],
  ["ARN_INVALID", { roleArn: " arn:aws:iam::123456789012:role/dev" }],
  ["REGION_INVALID", { region: "Ireland" }],
  ["REGION_INVALID", { region: "eu-west-1.evil.example/" }],
  ["REGION_INVALID", { region: "" }],
  ["DURATION_INVALID", { duration: "14m" }],
  ["DURATION_INVALID", { duration: "13h" }],
  ["DURATION_INVALID", { duration: "soon" }],
  ["DURATION_INVALID", { duration: 899 }],
  ["DURATION_INVALID", { duration: 1800.5 }],
  ["NAME_INVALID", { sessionName: "a" }],
  ["NAME_INVALID", { sessionName: "a b" }],
  ["NAME_INVALID", { sessionName: "x".repeat(65) }],
  ["NAME_INVALID", { sourceIdentity: "ann@example.com/x" }],
  ["NAME_INVALID", { externalId: "x" }],
  ["NAME_INVALID", { externalId: "an id" }],
  ["CONFIG_MALFORMED", { tags: { "aws:owner": "a" } }],
  ["CONFIG_MALFORMED", { tags: { "": "a" } }],
  ["CONFIG_MALFORMED", { tags: { owner: "x".repeat(257) } }],
  ["CONFIG_MALFORMED", { tags: { owner: "a*b" } }],
  ["CONFIG_MALFORMED", { tags: duplicate }],
  ["CONFIG_MALFORMED", { tags: tooMany }],
  ["CONFIG_MALFORMED", { tags: { owner: "a" }, transitiveTags: ["team"] }],
  ["CONFIG_MALFORMED", { tags: { owner: "a" }, transitiveTags: ["toString"] }],
  ["POLICY_INVALID", { policy: "{" }],
  ["POLICY_INVALID", { policy: "[]" }],
  ["POLICY_INVALID", { policy: "null" }],
  ["POLICY_INVALID", { policy: { Version: "2012-10-17" } }],
  ["POLICY_INVALID", { policy: { Statement: [{ Sid: "x".repeat(2048) }] } }],
  ["POLICY_INVALID", { policyArns: Array.from({ length: 11 }, (_, index) => `arn:aws:iam::aws:policy/P${index}`) }],
  [
    "POLICY_INVALID",
    { readOnly: true, policyArns: Array.from({ length: 10 }, (_, index) => `arn:aws:iam::aws:policy/P${index}`) },
  ],
  ["ARN_INVALID", { policyArns: ["ReadOnlyAccess"] }],
  ["URL_INVALID", { endpointUrl: "sts.amazonaws.com" }],
  ["URL_INVALID", { endpointUrl: "ftp://sts.amazonaws.com" }],
  ["URL_INVALID", { endpointUrl: "https://user:word@sts.amazonaws.com" }],
  ["URL_INVALID", { endpointUrl: "https://sts.amazonaws.com/?x=y" }],
  ["AUDIENCE_INVALID", { audience: "" }],
  ["AUDIENCE_INVALID", { audience: "two words" }],
  ["AUDIENCE_INVALID", { audience: "x".repeat(256) }],
];

for (const [code, change] of refused) {
  test(`${JSON.stringify(change).slice(0, 90)} is ${code}`, () => {
    const raw = Object.fromEntries(Object.entries({ roleArn: ROLE, ...change }).filter(([, value]) => value !== undefined));
    assert.throws(
      () => parseAwsOptions(raw, placeIn(null, "profiles.dev.aws")),
      (error) => error instanceof Fault && error.code === code && error.message.includes("\n") === false,
    );
  });
}

test("the JSON Schema describes every option and refuses any other", () => {
  const schema = toJsonSchema(awsOptionsSchema);
  assert.equal(schema.additionalProperties, false);
  assert.deepEqual(schema.required, ["roleArn"]);
  for (const [name, option] of Object.entries(schema.properties ?? {})) {
    const description = typeof option === "object" ? option.description : undefined;
    assert.match(description ?? "", /\.$/, name);
    if (name !== "roleArn") assert.match(description ?? "", /Default: /, name);
  }
});
