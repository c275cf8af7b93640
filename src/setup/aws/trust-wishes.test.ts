import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import { parseTrustPolicy } from "../../trust/aws/policy.ts";
import { resolveTemplate } from "./by-hand/resolve-template.ts";
import { policyOf, writeReferences } from "./by-hand/resolved-resource.ts";
import { parseStackState, stackParts, stackState, TRUST_TEMPLATE_MARK } from "./trust-stack.ts";
import { stackTags, type TrustedIdentity, type TrustWishes, trustParameters } from "./trust-wishes.ts";

const WISHES: TrustWishes = {
  policyArns: ["arn:aws:iam::123456789012:policy/dev"],
  stackName: "brevet-infra",
  roleName: "brevet-device-role",
  hosting: "cloudfront",
  permissionsBoundary: null,
  maxSessionSeconds: 3600,
  pinRole: false,
  bindSessionName: false,
  tags: ["team=platform"],
};
const DEVICE: TrustedIdentity = {
  owner: "laptop-abcdefghij",
  subjects: ["laptop-abcdefghij"],
  patterns: [],
  groups: [],
  audience: "sts.amazonaws.com",
  allowed: { allowTags: false, allowSourceIdentity: false },
  issuer: { kind: "hosted", path: "laptop-abcdefghij" },
};
const SURROUNDINGS = { AccountId: "123456789012", Partition: "aws", Region: "us-east-1", StackName: "brevet-infra" };

/** The trust policy as CloudFormation will put it together, with `D` for the distribution's domain. */
function trustOf(
  wishes: TrustWishes,
  identity: TrustedIdentity,
): { readonly Statement: readonly [{ readonly Action: unknown; readonly Condition: unknown }] } {
  const parameters = trustParameters(wishes, identity);
  const { resources } = resolveTemplate({ parameters, tags: {}, surroundings: SURROUNDINGS });
  const role = resources.find(({ logicalId }) => logicalId === "Role");
  const text = writeReferences(JSON.stringify(policyOf(role?.properties["AssumeRolePolicyDocument"])), () => "D", String);
  parseTrustPolicy(text);
  return JSON.parse(text);
}

describe("the trust policy of the template", () => {
  it("demands audience and subject of a device, whatever was asked beside", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom("cloudfront" as const, "s3" as const),
        (pinRole, bindSessionName, hosting) => {
          const [{ Condition }] = trustOf({ ...WISHES, pinRole, bindSessionName, hosting }, DEVICE).Statement;
          const equals = {
            "D/laptop-abcdefghij:aud": "sts.amazonaws.com",
            "D/laptop-abcdefghij:sub": ["laptop-abcdefghij"],
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM
            ...(bindSessionName ? { "sts:RoleSessionName": "${D/laptop-abcdefghij:sub}" } : {}),
          };
          assert.deepEqual(Condition, {
            StringEquals: equals,
            ...(pinRole ? { Bool: { "sts:RoleAuthorizedByIdp": "true" } } : {}),
          });
        },
      ),
    );
  });

  it("allows session tags and a source identity to whom has them in tokens, and to nobody else", () => {
    const actions = (allowed: TrustedIdentity["allowed"]): unknown => trustOf(WISHES, { ...DEVICE, allowed }).Statement[0].Action;
    const [assume, tag, source] = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"];
    assert.deepEqual(actions({ allowTags: false, allowSourceIdentity: false }), [assume]);
    assert.deepEqual(actions({ allowTags: true, allowSourceIdentity: false }), [assume, tag]);
    assert.deepEqual(actions({ allowTags: false, allowSourceIdentity: true }), [assume, source]);
    assert.deepEqual(actions({ allowTags: true, allowSourceIdentity: true }), [assume, tag, source]);
  });

  it("is a policy of IAM whatever subject it takes, and takes none that breaks out of it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (subject) => {
        const identity = { ...DEVICE, subjects: [subject] };
        let policy: ReturnType<typeof trustOf>;
        try {
          policy = trustOf(WISHES, identity);
        } catch (cause) {
          assert.ok(cause instanceof Fault && cause.code === "NAME_INVALID", String(cause));
          return;
        }
        const [{ Condition }] = policy.Statement as readonly [{ readonly Condition: { readonly StringEquals: object } }];
        assert.deepEqual(Object.values(Condition.StringEquals)[1], [subject]);
      }),
      { numRuns: 500 },
    );
  });

  it("lets nobody in by a pattern of stars alone", () => {
    for (const pattern of ["**", "*@*", "*@*.*"]) {
      assert.throws(() => trustParameters(WISHES, { ...DEVICE, subjects: [], patterns: [pattern] }), { code: "NAME_INVALID" });
    }
  });
});

describe("the state of a stack", () => {
  it("says what was decided, and not what the template says by itself", () => {
    const parameters = trustParameters(WISHES, DEVICE) as Readonly<Record<string, string>>;
    const state = stackState({ template: TRUST_TEMPLATE_MARK, parameters, tags: stackTags(WISHES, DEVICE.owner) });
    assert.deepEqual(Object.keys(parseStackState(state).parameters), ["IssuerPath", "Owner", "PolicyArns", "Subjects"]);
    assert.equal(stackState({ ...parseStackState(state), parameters: { ...parameters, Hosting: "cloudfront" } }), state);
  });

  it("has the resources that its parameters ask for", () => {
    const count = (identity: TrustedIdentity, wishes = WISHES): number => stackParts(trustParameters(wishes, identity)).length;
    assert.deepEqual([count(DEVICE), count(DEVICE, { ...WISHES, hosting: "s3" })], [6, 4]);
    const joined = (providerExists: boolean): TrustedIdentity => ({
      ...DEVICE,
      issuer: { kind: "joined", url: "https://id.example", providerExists },
    });
    assert.deepEqual([count(joined(false)), count(joined(true))], [2, 1]);
  });
});
