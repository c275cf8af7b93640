import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { webIdentityContext } from "./web-identity-context.ts";

const issuer = "https://issuer.example/Laptop-7f3a";
const claims = { iss: issuer, sub: "laptop", aud: "sts.amazonaws.com", iat: 1, exp: 2, jti: "x" };
const call = { issuer, claims, roleSessionName: "laptop-1", now: 1_772_627_400 };

test("a device's token gives exactly these keys", () => {
  assert.deepEqual(Object.fromEntries(webIdentityContext(call)), {
    "issuer.example/laptop-7f3a:aud": ["sts.amazonaws.com"],
    "issuer.example/laptop-7f3a:oaud": ["sts.amazonaws.com"],
    "issuer.example/laptop-7f3a:sub": ["laptop"],
    "sts:roleauthorizedbyidp": ["false"],
    "sts:rolesessionname": ["laptop-1"],
    "aws:currenttime": ["2026-03-04T12:30:00Z"],
    "aws:epochtime": ["1772627400"],
    "aws:securetransport": ["true"],
  });
});

test("AWS's own claims, and what is told of the call, give keys of their own", () => {
  const context = webIdentityContext({
    ...call,
    claims: {
      ...claims,
      "https://aws.amazon.com/roles": ["arn:aws:iam::123456789012:role/dev"],
      "https://aws.amazon.com/source_identity": "ada",
      "https://aws.amazon.com/tags": { principal_tags: { Team: ["core"], Cost: ["4"] }, transitive_tag_keys: ["Team"] },
    },
    roleArn: "arn:aws:iam::123456789012:role/dev",
    sourceIp: "203.0.113.7",
    region: "eu-west-1",
    userAgent: "brevet",
    roleTags: { Env: "dev" },
  });
  const told = [...context].filter(([key]) => !key.startsWith("issuer.example") && !/time|transport|sessionname/.test(key));
  assert.deepEqual(Object.fromEntries(told), {
    "sts:roleauthorizedbyidp": ["true"],
    "sts:sourceidentity": ["ada"],
    "aws:requesttag/team": ["core"],
    "aws:requesttag/cost": ["4"],
    "aws:tagkeys": ["Team", "Cost"],
    "sts:transitivetagkeys": ["Team"],
    "aws:sourceip": ["203.0.113.7"],
    "aws:requestedregion": ["eu-west-1"],
    "aws:useragent": ["brevet"],
    "aws:resourceaccount": ["123456789012"],
    "aws:resourcetag/env": ["dev"],
    "iam:resourcetag/env": ["dev"],
  });
});

test("an object or a null is no value of a key", () => {
  const context = webIdentityContext({ ...call, claims: { ...claims, amr: [null, { a: 1 }, "hwk", ["x"]], email: null } });
  assert.deepEqual(context.get("issuer.example/laptop-7f3a:amr"), ["hwk"]);
  assert.equal(context.has("issuer.example/laptop-7f3a:email"), false);
});

test("a claim of AWS that cannot be read is refused before any policy is asked", () => {
  const tagged = { ...claims, "https://aws.amazon.com/tags": { principal_tags: { Team: ["a", "b"] } } };
  assert.throws(
    () => webIdentityContext({ ...call, claims: tagged }),
    (error) => error instanceof Fault && error.code === "TOKEN_REFUSED",
  );
});
