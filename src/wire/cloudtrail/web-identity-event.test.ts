import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import { parseWebIdentityEvent } from "./web-identity-event.ts";

const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/id.example.com/laptop";
const EVENT = {
  eventName: "AssumeRoleWithWebIdentity",
  eventTime: "2027-01-15T08:00:00Z",
  awsRegion: "eu-west-1",
  sourceIPAddress: "192.0.2.7",
  userAgent: "aws-cli",
  errorCode: "AccessDenied",
  userIdentity: {
    type: "WebIdentityUser",
    principalId: `${PROVIDER}:https://aud.example:8443/x:team:laptop`,
    userName: "team:laptop",
    identityProvider: PROVIDER,
  },
  requestParameters: {
    roleArn: "arn:aws:iam::123456789012:role/dev",
    roleSessionName: "laptop",
    durationSeconds: 3600,
    principalTags: { team: "blue" },
    transitiveTagKeys: ["team"],
  },
};

function parse(event: unknown) {
  return parseWebIdentityEvent(JSON.stringify(event), "event.json");
}

describe("an event of CloudTrail", () => {
  it("gives what the call asked for, also where audience and subject hold colons", () => {
    assert.deepEqual(parse(EVENT), {
      roleArn: "arn:aws:iam::123456789012:role/dev",
      roleSessionName: "laptop",
      durationSeconds: 3600,
      provider: "id.example.com/laptop",
      audience: "https://aud.example:8443/x",
      subject: "team:laptop",
      tags: { team: "blue" },
      transitiveTags: ["team"],
      sourceIdentity: null,
      at: 1_800_000_000,
      sourceIp: "192.0.2.7",
      region: "eu-west-1",
      userAgent: "aws-cli",
      errorCode: "AccessDenied",
    });
  });

  it("is taken in each form that AWS shows it in", () => {
    const expected = parse(EVENT);
    assert.deepEqual(parse({ Records: [EVENT] }), expected);
    assert.deepEqual(parse({ Events: [{ EventId: "1", CloudTrailEvent: JSON.stringify(EVENT) }] }), expected);
    assert.throws(() => parse({ Records: [EVENT, EVENT] }), Fault);
  });

  it("of another call, or without what a trust policy looks at, is refused", () => {
    for (const key of ["eventName", "eventTime", "userIdentity", "requestParameters"]) {
      assert.throws(
        () => parse({ ...EVENT, [key]: undefined }),
        (cause) => cause instanceof Fault && cause.code === "USAGE_INVALID",
      );
    }
  });

  it("of any form is a value or a fault", () => {
    const mutated = fc.record(
      Object.fromEntries(Object.entries(EVENT).map(([key, value]) => [key, fc.oneof(fc.constant(value), fc.jsonValue())])),
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), mutated), (event) => {
        try {
          parse(event);
        } catch (cause) {
          assert.ok(cause instanceof Fault, String(cause));
        }
      }),
    );
  });
});
