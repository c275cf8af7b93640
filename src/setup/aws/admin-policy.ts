import type { StackPlace } from "./plan-trust.ts";
import { type StackPart, stackParts, type TrustParameters } from "./trust-stack.ts";

/** What an administrator must be allowed, for one stack and no more. */
export interface AdminPolicyInput {
  readonly place: Pick<StackPlace, "account" | "region" | "stack">;
  readonly partition: string;
  readonly parameters: TrustParameters;
}

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * The IAM policy of who sets up and takes away such a stack: the rights that its resources need, on them alone. It is made
 * from the resources that the plan would create, so that a plan without hosting asks for none of S3 and CloudFront.
 */
export function adminPolicy(input: AdminPolicyInput): unknown {
  const types = new Set(stackParts(input.parameters).map(({ type }: StackPart) => type));
  const statements = [stackRights(input), ...[...types].flatMap((type) => RIGHTS[type]?.(input) ?? [])];
  return { Version: "2012-10-17", Statement: statements };
}

const prefixed = (service: string, ...names: readonly string[]): readonly string[] => names.map((name) => `${service}:${name}`);

function stackRights({ place: { account, region, stack }, partition }: AdminPolicyInput): Statement {
  return {
    Sid: "Stack",
    Effect: "Allow",
    Action: prefixed(
      "cloudformation",
      "CreateStack",
      "UpdateStack",
      "DeleteStack",
      "DescribeStacks",
      "DescribeStackEvents",
      "DescribeStackResources",
      "GetTemplate",
    ),
    Resource: [`arn:${partition}:cloudformation:${region}:${account}:stack/${stack}/*`],
  };
}

/** By the type of the resource: what CloudFormation does in the administrator's name, and what brevet does itself. */
const RIGHTS: Readonly<Record<string, (input: AdminPolicyInput) => readonly Statement[]>> = {
  "AWS::S3::Bucket": ({ place: { stack }, partition }) => {
    // As CloudFormation names a bucket that has no name: the stack's in lower case, and the resource's.
    const bucket = `arn:${partition}:s3:::${stack.toLowerCase()}-issuerbucket-*`;
    return [
      {
        Sid: "Bucket",
        Effect: "Allow",
        Action: prefixed(
          "s3",
          "CreateBucket",
          "DeleteBucket",
          "ListBucket",
          "ListBucketVersions",
          "GetBucketTagging",
          "PutBucketTagging",
          "GetBucketPolicy",
          "PutBucketPolicy",
          "DeleteBucketPolicy",
          "PutBucketPublicAccessBlock",
          "PutBucketOwnershipControls",
          "PutBucketVersioning",
          "PutEncryptionConfiguration",
          "PutLifecycleConfiguration",
        ),
        Resource: [bucket],
      },
      {
        Sid: "Documents",
        Effect: "Allow",
        Action: prefixed("s3", "GetObject", "PutObject", "DeleteObject", "DeleteObjectVersion"),
        Resource: [`${bucket}/*`],
      },
    ];
  },
  "AWS::CloudFront::OriginAccessControl": ({ place: { account }, partition }) => [
    {
      Sid: "OriginAccess",
      Effect: "Allow",
      Action: prefixed(
        "cloudfront",
        "CreateOriginAccessControl",
        "GetOriginAccessControl",
        "UpdateOriginAccessControl",
        "DeleteOriginAccessControl",
      ),
      Resource: [`arn:${partition}:cloudfront::${account}:origin-access-control/*`],
    },
  ],
  "AWS::CloudFront::Distribution": ({ place: { account }, partition }) => [
    {
      Sid: "Distribution",
      Effect: "Allow",
      Action: prefixed(
        "cloudfront",
        "CreateDistribution",
        "GetDistribution",
        "GetDistributionConfig",
        "UpdateDistribution",
        "DeleteDistribution",
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
        "CreateInvalidation",
      ),
      Resource: [`arn:${partition}:cloudfront::${account}:distribution/*`],
    },
  ],
  "AWS::IAM::OIDCProvider": ({ place: { account }, partition }) => [
    {
      Sid: "Provider",
      Effect: "Allow",
      Action: prefixed(
        "iam",
        "CreateOpenIDConnectProvider",
        "GetOpenIDConnectProvider",
        "DeleteOpenIDConnectProvider",
        "AddClientIDToOpenIDConnectProvider",
        "RemoveClientIDFromOpenIDConnectProvider",
        "TagOpenIDConnectProvider",
        "UntagOpenIDConnectProvider",
        "ListOpenIDConnectProviderTags",
      ),
      Resource: [`arn:${partition}:iam::${account}:oidc-provider/*`],
    },
  ],
  "AWS::IAM::Role": roleRights,
};

/** The account's switch for tokens of its own bears no name that a policy could be about. */
function tokenRights(role: string, parameters: AdminPolicyInput["parameters"]): readonly Statement[] {
  if ((parameters.TokenAudience ?? "") === "") return [];
  const inline = prefixed("iam", "PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy");
  const outbound = prefixed("iam", "EnableOutboundWebIdentityFederation", "GetOutboundWebIdentityFederationInfo");
  return [
    { Sid: "RoleTokens", Effect: "Allow", Action: inline, Resource: [role] },
    { Sid: "AccountTokens", Effect: "Allow", Action: outbound, Resource: ["*"] },
  ];
}

function roleRights({ place: { account }, partition, parameters }: AdminPolicyInput): readonly Statement[] {
  const policies = (parameters.PolicyArns ?? "").split(",");
  const boundary = parameters.PermissionsBoundary ?? "";
  const role = `arn:${partition}:iam::${account}:role/${parameters.RoleName ?? "brevet-device-role"}`;
  const bounded = boundary === "" ? {} : { Condition: { StringEquals: { "iam:PermissionsBoundary": [boundary] } } };
  const rights = (Sid: string, Action: readonly string[], more: Pick<Statement, "Condition"> = {}): Statement => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource: [role],
    ...more,
  });
  return [
    rights("NewRole", prefixed("iam", "CreateRole", ...(boundary === "" ? [] : ["PutRolePermissionsBoundary"])), bounded),
    rights(
      "Role",
      prefixed(
        "iam",
        "GetRole",
        "UpdateRole",
        "UpdateAssumeRolePolicy",
        "DeleteRole",
        "TagRole",
        "UntagRole",
        "ListRoleTags",
        "ListRolePolicies",
        "ListAttachedRolePolicies",
      ),
    ),
    ...tokenRights(role, parameters),
    rights("RolePolicies", prefixed("iam", "AttachRolePolicy", "DetachRolePolicy"), {
      Condition: { ArnEquals: { "iam:PolicyARN": policies } },
    }),
    {
      Sid: "Policies",
      Effect: "Allow",
      Action: ["iam:GetPolicy"],
      Resource: [...policies, ...(boundary === "" ? [] : [boundary])],
    },
  ];
}
