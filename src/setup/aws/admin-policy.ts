import { prefixed, roleRights, type Statement } from "./admin-rights.ts";
import type { StackPlace } from "./plan-trust.ts";
import { OWNER_TAG, parameterOf, type StackPart, stackParts, type TrustParameters } from "./trust-stack.ts";

/** What an administrator must be allowed, for one stack and no more. */
export interface AdminPolicyInput {
  readonly place: StackPlace;
  readonly partition: string;
  readonly parameters: TrustParameters;
}

/**
 * The IAM policy for an administrator who sets up and takes away such a stack: the rights that its resources need, on them alone.
 * It is made from the resources that the plan would create, so that a plan without hosting asks for none of S3 and CloudFront.
 * What AWS names itself is recognised by its tag; an origin access control has neither our name in its ARN nor tags.
 */
export function adminPolicy(input: AdminPolicyInput): unknown {
  const types = new Set(stackParts(input.parameters).map(({ type }: StackPart) => type));
  const statements = [stackRights(input), ...lookRights(input), ...[...types].flatMap((type) => RIGHTS[type]?.(input) ?? [])];
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

/** Whether the account has a provider for an issuer elsewhere is looked at before anything is planned. */
function lookRights(input: AdminPolicyInput): readonly Statement[] {
  if (parameterOf("CreateProvider", input.parameters) === "yes") return [];
  return [{ Sid: "Provider", Effect: "Allow", Action: ["iam:GetOpenIDConnectProvider"], Resource: [providerArn(input)] }];
}

/** The provider of that issuer alone: whoever serves the documents, its path is the device's own. */
function providerArn({ place: { account, stack }, partition, parameters }: AdminPolicyInput): string {
  const hosting = parameterOf("Hosting", parameters);
  const path = parameterOf("IssuerPath", parameters);
  const hosted = hosting === "cloudfront" ? `*.cloudfront.net/${path}` : `${bucketName(stack)}.s3.*/${path}`;
  const address = hosting === "none" ? parameterOf("IssuerAddress", parameters) : hosted;
  return `arn:${partition}:iam::${account}:oidc-provider/${address}`;
}

/** As CloudFormation names a bucket without a name: the stack's name in lower case, then the resource's. */
function bucketName(stack: string): string {
  return `${stack.toLowerCase()}-issuerbucket-*`;
}

/** By the type of the resource: what CloudFormation does in the administrator's name, and what brevet does itself. */
const RIGHTS: Readonly<Record<string, (input: AdminPolicyInput) => readonly Statement[]>> = {
  "AWS::S3::Bucket": ({ place: { stack }, partition }) => {
    const bucket = `arn:${partition}:s3:::${bucketName(stack)}`;
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
  "AWS::CloudFront::Distribution": ({ place: { account, owner }, partition }) => {
    const rights = (Sid: string, names: readonly string[], more: Pick<Statement, "Condition"> = {}): Statement => ({
      Sid,
      Effect: "Allow",
      Action: prefixed("cloudfront", ...names),
      Resource: [`arn:${partition}:cloudfront::${account}:distribution/*`],
      ...more,
    });
    const tagged = (whose: "Request" | "Resource"): Pick<Statement, "Condition"> => ({
      Condition: { StringEquals: { [`aws:${whose}Tag/${OWNER_TAG}`]: [owner] } },
    });
    return [
      rights("NewDistribution", ["CreateDistribution", "GetDistribution", "GetDistributionConfig", "ListTagsForResource"]),
      rights("DistributionTag", ["TagResource"], tagged("Request")),
      rights(
        "Distribution",
        ["UpdateDistribution", "DeleteDistribution", "TagResource", "UntagResource", "CreateInvalidation"],
        tagged("Resource"),
      ),
    ];
  },
  "AWS::IAM::OIDCProvider": (input) => [
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
      Resource: [providerArn(input)],
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
