import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { explainChain } from "./explain-chain.ts";
import { explainWebIdentity, type WebIdentityQuestion } from "./explain-web-identity.ts";
import { IAM_CHANGES, type TrustChanges } from "./trust-changes.ts";

const ROLE = "arn:aws:iam::123456789012:role/dev";
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/id.example.com/laptop";
const QUESTION: WebIdentityQuestion = {
  roleArn: ROLE,
  claims: { iss: "https://id.example.com/laptop", aud: "sts.amazonaws.com", sub: "laptop-abc" },
  roleSessionName: "laptop-abc",
  durationSeconds: 3600,
  now: 1_800_000_000,
  surroundings: {},
  tagsBy: "profile",
};

type Statement = Readonly<Record<string, unknown>>;
const ALLOW: Statement = {
  Effect: "Allow",
  Principal: { Federated: PROVIDER },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals: { "id.example.com/laptop:sub": "laptop-abc" } },
};

const OURS = {
  Condition: { StringEquals: { "id.example.com/laptop:aud": "sts.amazonaws.com", "id.example.com/laptop:sub": "laptop-abc" } },
};

function added(principal: Statement, action: string, more: Statement = {}): string {
  return `add to the trust policy: ${JSON.stringify({ Effect: "Allow", Principal: principal, Action: action, ...more })}`;
}

/** The lines of the policy alone: how it is put in place is the same after each. */
const LINES: TrustChanges = { ...IAM_CHANGES, putTrustPolicy: () => [] };

function explain(
  statements: readonly Statement[],
  question: WebIdentityQuestion = QUESTION,
  { Version = "2012-10-17", changes = LINES } = {},
) {
  const trustPolicy = JSON.stringify({ Version, Statement: statements });
  const role = { arn: ROLE, trustPolicy, maxSessionDuration: null };
  const providers = [{ url: question.claims.iss, clientIds: [question.claims.aud].flat() }];
  const refused = explainWebIdentity(question, { role, providers, changes }).find(({ verdict }) => verdict.outcome === "refused");
  return refused ?? null;
}

describe("what mends a trust policy", () => {
  it("is asked for nothing that is not refused", () => assert.equal(explain([ALLOW]), null));

  it("ends in the commands that put the corrected policy in place, which a role with a path has by its name", () => {
    const other = { ...ALLOW, Condition: { StringEquals: { "id.example.com/laptop:sub": "other" } } };
    const question = { ...QUESTION, roleArn: "arn:aws:iam::123456789012:role/teams/dev" };
    assert.deepEqual(explain([other], question, { changes: IAM_CHANGES })?.mend, [
      'in Statement[0]: "StringEquals": { "id.example.com/laptop:sub": ["other","laptop-abc"] }',
      "the policy as it is: aws iam get-role --role-name dev --query Role.AssumeRolePolicyDocument --output json > trust.json",
      "and, with that in it: aws iam update-assume-role-policy --role-name dev --policy-document file://trust.json",
    ]);
  });

  it("names the Deny that applies, and what it tests", () => {
    const deny = { ...ALLOW, Sid: "NotHere", Effect: "Deny" };
    assert.deepEqual(explain([ALLOW, deny])?.mend, [
      "Statement[1] (NotHere) of the trust policy denies it: change its Condition.StringEquals.id.example.com/laptop:sub, or take it out, which lets in all whom it kept out",
    ]);
  });

  it("is one statement, the closest, and every line that it lacks", () => {
    const far = { ...ALLOW, Principal: { Federated: "accounts.google.com" } };
    const close = {
      ...ALLOW,
      Condition: { StringEquals: { "id.example.com/laptop:sub": "other", "sts:RoleSessionName": "other-session" } },
    };
    assert.deepEqual(explain([far, close])?.mend, [
      'in Statement[1]: "StringEquals": { "id.example.com/laptop:sub": ["other","laptop-abc"] }',
      'in Statement[1]: "StringEquals": { "sts:RoleSessionName": ["other-session","laptop-abc"] }, which lets in all others who have that too',
      'or in the profile: "sessionName": "other-session"',
    ]);
  });

  it("is a whole statement where none allows anything", () => {
    const deny = { ...ALLOW, Effect: "Deny", Principal: { Federated: "accounts.google.com" } };
    assert.deepEqual(explain([deny])?.mend, [added({ Federated: PROVIDER }, "sts:AssumeRoleWithWebIdentity", OURS)]);
  });

  it("is a statement of the caller's own where those that are there are about others", () => {
    const ours = ["sts:AssumeRoleWithWebIdentity", OURS] as const;
    for (const others of [
      { ...ALLOW, Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
      { ...ALLOW, Principal: { Federated: "accounts.google.com", AWS: ROLE } },
    ]) {
      const [line = "", ...more] = explain([others])?.mend ?? [];
      assert.deepEqual([line, more], [added({ Federated: PROVIDER }, ...ours), []]);
      const statement = JSON.parse(line.slice(line.indexOf("{")));
      assert.equal(explain([others, statement]), null);
      const stranger = { ...QUESTION, claims: { ...QUESTION.claims, sub: "desktop-xyz" } };
      assert.equal(explain([others, statement], stranger)?.verdict.outcome, "refused");
    }
  });

  describe("a condition whose key the request has not", () => {
    const tagged = (tag: string) => [{ ...ALLOW, Condition: { StringEquals: { [`aws:RequestTag/${tag}`]: "true" } } }];
    const open = (tag: string) =>
      `or in Statement[0]: take StringEquals aws:RequestTag/${tag} out of Condition, which lets in all whom it keeps out`;

    it("is asked for by the profile of a device first, and what taking it out opens is said", () => {
      assert.deepEqual(explain(tagged("team"))?.mend, ['in the profile: "tags": {"team":"true"}', open("team")]);
    });

    it("is a matter of the group where the tag is a login server's, and never taken out", () => {
      const question = { ...QUESTION, claims: { ...QUESTION.claims, sub: "eve@example.com" }, tagsBy: "server" as const };
      assert.deepEqual(explain(tagged("group/platform"), question)?.mend, [
        "the login server sends this tag for who is in the group: brevet admin groups add platform eve@example.com",
        'and where a rule names the group: "tagGroups": ["platform"], by brevet admin rules replace',
      ]);
    });

    it("is a matter of the issuer where the profile cannot say it", () => {
      const mend = explain(tagged("team"), { ...QUESTION, tagsBy: "issuer" })?.mend;
      assert.deepEqual(mend, ["only the issuer can put the tag team into its tokens, and this one has none", open("team")]);
    });
  });

  it("a condition that excludes a value is not written with that value", () => {
    const excluding = { ...ALLOW, Condition: { StringNotEquals: { "id.example.com/laptop:sub": "laptop-abc" } } };
    assert.deepEqual(explain([excluding])?.mend, [
      "in Statement[0]: change StringNotEquals id.example.com/laptop:sub so that it takes laptop-abc, and look whom else that lets in",
    ]);
  });

  it("mends: with the value that was seen beside the one there, the same statement allows", () => {
    const keys = ["id.example.com/laptop:sub", "id.example.com/laptop:aud", "sts:RoleSessionName"];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.stringMatching(/^[a-z]{1,12}$/), (key, value) => {
        const wrong = { ...ALLOW, Condition: { StringEquals: { [key]: value } } };
        const [line = ""] = explain([wrong])?.mend ?? [];
        const [, operator = "", condition = "{}"] = /^in Statement\[0\]: "(\w+)": (\{.*\})/.exec(line) ?? [];
        const mended = { [operator]: JSON.parse(condition) };
        assert.equal(explain([{ ...ALLOW, Condition: mended }]), null, line);
        assert.ok(mended[operator][key].includes(value), "whom it let in before it lets in still");
      }),
    );
  });

  it("lets in the caller and nobody else, whatever a subject holds and the policy tests it with", () => {
    const text = fc.stringMatching(/^[ab*?${}:-]{1,6}$/);
    const operators = ["StringEquals", "StringLike", "ForAnyValue:StringLike", "StringLikeIfExists", "ArnLike", "StringNotLike"];
    const versions = fc.constantFrom("2012-10-17", "2008-10-17");
    const statements = fc.record({
      operator: fc.constantFrom(...operators),
      about: fc.constantFrom("sub", "nothing"),
      value: text,
    });
    fc.assert(
      fc.property(statements, text, text, versions, ({ operator, about, value }, sub, other, Version) => {
        const tested = { ...ALLOW, Condition: { [operator]: { "id.example.com/laptop:sub": value } } };
        const before = [about === "nothing" ? { ...ALLOW, Action: "sts:AssumeRole" } : tested];
        const asking = (who: string) => ({ ...QUESTION, claims: { ...QUESTION.claims, sub: who } });
        const refused = explain(before, asking(sub), { Version });
        const [line = ""] = refused?.mend ?? [];
        if (refused === null || line.includes(", and look whom else")) return;
        const [, condition] = /^in Statement\[0\]: "[\w:]+": (\{.*\})$/.exec(line) ?? [];
        const [, added] = /^add to the trust policy: (\{.*\})$/.exec(line) ?? [];
        assert.ok((condition ?? added) !== undefined, line);
        const after =
          added === undefined
            ? [{ ...tested, Condition: { [operator]: JSON.parse(condition ?? "") } }]
            : [...before, JSON.parse(added)];
        assert.equal(explain(after, asking(sub), { Version }), null, line);
        if (other !== sub && explain(before, asking(other), { Version }) !== null) {
          assert.equal(explain(after, asking(other), { Version })?.verdict.outcome, "refused", `${line} lets in ${other}`);
        }
      }),
      { numRuns: 400, examples: [[{ operator: "StringLike", about: "sub", value: "a" }, "*", "b", "2012-10-17"]] },
    );
  });

  it("says so where it lets in others", () => {
    for (const [operator, key, value] of [
      ["Bool", "aws:SecureTransport", "false"],
      ["StringEquals", "sts:RoleSessionName", "other"],
      ["StringEqualsIgnoreCase", "id.example.com/laptop:sub", "other"],
    ] as const) {
      const [line = ""] = explain([{ ...ALLOW, Condition: { [operator]: { [key]: value } } }])?.mend ?? [];
      assert.match(line, /, which lets in all others who have that too$/);
    }
  });

  it("is no literal false where a source identity has to be there, whichever", () => {
    const some = { ...ALLOW, Condition: { Null: { "sts:SourceIdentity": "false" } } };
    assert.deepEqual(explain([some])?.mend, [
      'in the profile: "sourceIdentity": "VALUE"',
      "or in Statement[0]: take Null sts:SourceIdentity out of Condition, which lets in all whom it keeps out",
    ]);
  });

  it("shows a subject that nobody sees, by escapes of JSON", () => {
    const hidden = { ...QUESTION, claims: { ...QUESTION.claims, sub: "a\u202e\u009b\u{e0041}\nb" } };
    const [line = ""] = explain([{ ...ALLOW, Action: "sts:AssumeRole" }], hidden)?.mend ?? [];
    assert.match(line, /^[\x20-\x7e]+$/);
    assert.equal(explain([JSON.parse(line.slice(line.indexOf("{")))], hidden), null);
  });

  it("of a chain names the role, and not one session of it", () => {
    const chain = {
      callerRoleArn: ROLE,
      callerSessionName: "laptop-abc",
      roleArn: "arn:aws:iam::210987654321:role/deploy",
      roleSessionName: "laptop-abc",
      tags: {},
      transitiveTags: [],
      sourceIdentity: null,
      externalId: null,
      now: QUESTION.now,
    };
    const statement = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:role/other" }, Action: "sts:AssumeRole" };
    const trustPolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const role = { arn: chain.roleArn, trustPolicy, maxSessionDuration: null };
    const [trust, permissions] = explainChain(chain, { role, permissions: "unknown", changes: LINES });
    assert.deepEqual(trust?.mend, [added({ AWS: ROLE }, "sts:AssumeRole")]);
    assert.equal(permissions?.verdict.outcome, "unknown");
  });

  it("of a chain looks at the caller's permissions where they are known", () => {
    const chain = {
      callerRoleArn: ROLE,
      callerSessionName: "laptop-abc",
      roleArn: "arn:aws:iam::210987654321:role/deploy",
      roleSessionName: "laptop-abc",
      tags: { team: "a" },
      transitiveTags: [],
      sourceIdentity: null,
      externalId: null,
      now: QUESTION.now,
    };
    const trusting = { Effect: "Allow", Principal: { AWS: ROLE }, Action: ["sts:AssumeRole", "sts:TagSession"] };
    const look = (statements: readonly object[] | null, changes: Partial<typeof chain> = {}) => {
      const policy = statements === null ? null : JSON.stringify({ Version: "2012-10-17", Statement: statements });
      const asked = { ...chain, ...changes };
      const trustPolicy = JSON.stringify({ Version: "2012-10-17", Statement: [trusting] });
      const role = { arn: asked.roleArn, trustPolicy, maxSessionDuration: null };
      return explainChain(asked, { role, permissions: { policy, label: "dev.json" }, changes: LINES }).at(-1);
    };
    const own = { Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: chain.roleArn };
    assert.equal(look([own])?.verdict.outcome, "allowed");
    const lacking = look([{ ...own, Action: "sts:AssumeRole" }]);
    assert.equal(lacking?.verdict.outcome, "refused");
    assert.match(
      lacking?.mend[0] ?? "",
      /^add to dev\.json: .*"sts:TagSession","Resource":"arn:aws:iam::210987654321:role\/deploy"/,
    );
    assert.equal(look(null)?.verdict.outcome, "refused");
    // In one account, whom the trust policy names needs no more, and may be kept from it.
    const near = { roleArn: "arn:aws:iam::123456789012:role/deploy" };
    assert.equal(look(null, near)?.verdict.outcome, "allowed");
    assert.equal(look([{ Effect: "Deny", Action: "sts:*", Resource: "*" }], near)?.verdict.outcome, "refused");
  });
});
