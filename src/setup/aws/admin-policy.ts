import { prefixed, roleRights, type Statement } from "./admin-rights.ts";
import type { StackPlace } from "./plan-trust.ts";
import { parameterOf, type StackPart, stackParts, type TrustParameters } from "./trust-stack.ts";

/** What an administrator must be allowed, for one stack and no more. */
export interface AdminPolicyInput {
  readonly place: Pick<StackPlace, "account" | "region" | "stack">;
  readonly partition: string;
  readonly parameters: TrustParameters;
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
  "AWS::IAM::Role": ({ place: { account }, partition, parameters }) => {
    const arn = `arn:${partition}:iam::${account}:role/${parameterOf("RoleName", parameters)}`;
    const policies = (parameters.PolicyArns ?? "").split(",");
    const boundary = parameters.PermissionsBoundary || null;
    const asksForTokens = (parameters.TokenAudience ?? "") !== "";
    return [...(asksForTokens ? tokenRights(arn) : []), ...roleRights({ arn, policies, boundary })];
  },
};

/** The account's switch for tokens of its own bears no name that a policy could be about. */
function tokenRights(role: string): readonly Statement[] {
  const inline = prefixed("iam", "PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy");
  const outbound = prefixed("iam", "EnableOutboundWebIdentityFederation", "GetOutboundWebIdentityFederationInfo");
  return [
    { Sid: "RoleTokens", Effect: "Allow", Action: inline, Resource: [role] },
    { Sid: "AccountTokens", Effect: "Allow", Action: outbound, Resource: ["*"] },
  ];
}
