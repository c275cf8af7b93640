import {
  policyOf,
  type Resolved,
  type ResolvedObject,
  type ResolvedResource,
  type ResolvedTrust,
  soleReference,
  writeReferences,
} from "./resolved-resource.ts";
import { METADATA_FILE } from "./saml-resources.ts";

/** What Terraform calls what the template refers to. */
const NAMES: Readonly<Record<string, string>> = {
  IssuerBucket: "aws_s3_bucket.issuer.id",
  "IssuerBucket.Arn": "aws_s3_bucket.issuer.arn",
  "IssuerBucket.RegionalDomainName": "aws_s3_bucket.issuer.bucket_regional_domain_name",
  "IssuerAccess.Id": "aws_cloudfront_origin_access_control.issuer.id",
  IssuerDistribution: "aws_cloudfront_distribution.issuer.id",
  "IssuerDistribution.DomainName": "aws_cloudfront_distribution.issuer.domain_name",
  IssuerProvider: "aws_iam_openid_connect_provider.issuer.arn",
  SamlProvider: "aws_iam_saml_provider.issuer.arn",
};

/** The first version of the provider `hashicorp/aws` that takes an OIDC provider without thumbprints. */
const OLDEST = "5.81";
/** The first with `aws_iam_outbound_web_identity_federation`. */
const OLDEST_FOR_TOKENS = "6.26";

/** The trust as a Terraform module, for the provider `hashicorp/aws`. @see the provider's CHANGELOG, for the versions */
export function terraformModule({ resources, surroundings }: ResolvedTrust): string {
  const oldest = resources.some(({ properties }) => "Policies" in properties) ? OLDEST_FOR_TOKENS : OLDEST;
  const required = `terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = ">= ${oldest}"\n    }\n  }\n}\n`;
  const blocks = resources.flatMap((resource) => [
    `# ${resource.does}`,
    ...(BLOCKS[resource.type]?.(resource, surroundings.StackName) ?? []),
  ]);
  return `${required}\n${blocks.join("\n")}`;
}

type Blocks = (resource: ResolvedResource, stack: string) => readonly string[];

const bucket = "aws_s3_bucket.issuer.id";

const BLOCKS: Readonly<Record<string, Blocks>> = {
  "AWS::S3::Bucket": bucketBlocks,
  "AWS::S3::BucketPolicy": ({ properties }) => [
    resource("aws_s3_bucket_policy", [
      `bucket = ${bucket}`,
      `policy = jsonencode(${value(policyOf(properties["PolicyDocument"]))})`,
    ]),
  ],
  "AWS::CloudFront::OriginAccessControl": ({ properties }) => {
    const config = properties["OriginAccessControlConfig"] as ResolvedObject;
    return [
      resource("aws_cloudfront_origin_access_control", [
        `name = ${value(config["Name"])}`,
        `origin_access_control_origin_type = ${value(config["OriginAccessControlOriginType"])}`,
        `signing_behavior = ${value(config["SigningBehavior"])}`,
        `signing_protocol = ${value(config["SigningProtocol"])}`,
      ]),
    ];
  },
  "AWS::CloudFront::Distribution": distributionBlocks,
  "AWS::IAM::OIDCProvider": ({ properties }) => [
    resource("aws_iam_openid_connect_provider", [
      `url = ${value(properties["Url"])}`,
      `client_id_list = ${value(properties["ClientIdList"])}`,
      tags(properties),
    ]),
  ],
  "AWS::IAM::SAMLProvider": ({ properties }) => [
    resource("aws_iam_saml_provider", [
      `name = ${value(properties["Name"])}`,
      `saml_metadata_document = file("\${path.module}/${METADATA_FILE}")`,
      tags(properties),
    ]),
  ],
  "AWS::IAM::Role": ({ properties }) => [
    resource("aws_iam_role", [
      `name = ${value(properties["RoleName"])}`,
      `description = ${value(properties["Description"])}`,
      `max_session_duration = ${Number(properties["MaxSessionDuration"])}`,
      ...(properties["PermissionsBoundary"] === undefined
        ? []
        : [`permissions_boundary = ${value(properties["PermissionsBoundary"])}`]),
      `assume_role_policy = jsonencode(${value(policyOf(properties["AssumeRolePolicyDocument"]))})`,
      tags(properties),
    ]),
    resource("aws_iam_role_policy_attachment", [
      `for_each = toset(${value(properties["ManagedPolicyArns"])})`,
      "role = aws_iam_role.issuer.name",
      "policy_arn = each.value",
    ]),
    ...((properties["Policies"] ?? []) as readonly ResolvedObject[]).flatMap(({ PolicyName, PolicyDocument }) => [
      resource("aws_iam_role_policy", [
        `name = ${value(PolicyName)}`,
        "role = aws_iam_role.issuer.name",
        `policy = jsonencode(${value(PolicyDocument)})`,
      ]),
      "# Once for the account: leave this out where it is on already. Without it, `terraform destroy` also turns it off for everybody else:",
      "# before that, `terraform state rm aws_iam_outbound_web_identity_federation.issuer`",
      resource("aws_iam_outbound_web_identity_federation", []),
    ]),
  ],
};

function bucketBlocks({ properties }: ResolvedResource, stack: string): readonly string[] {
  const part = (name: string): ResolvedObject => properties[name] as ResolvedObject;
  const access = part("PublicAccessBlockConfiguration");
  const [ownership = {}] = part("OwnershipControls")["Rules"] as readonly ResolvedObject[];
  const [encryption = {}] = part("BucketEncryption")["ServerSideEncryptionConfiguration"] as readonly ResolvedObject[];
  const { SSEAlgorithm } = encryption["ServerSideEncryptionByDefault"] as ResolvedObject;
  const rules = part("LifecycleConfiguration")["Rules"] as readonly ResolvedObject[];
  return [
    resource("aws_s3_bucket", [
      // Terraform takes 37 characters, and adds what makes it unique.
      `bucket_prefix = ${value(`${stack.toLowerCase().slice(0, 29)}-issuer-`)}`,
      "force_destroy = true",
      tags(properties),
    ]),
    resource("aws_s3_bucket_public_access_block", [
      `bucket = ${bucket}`,
      `block_public_acls = ${value(access["BlockPublicAcls"])}`,
      `ignore_public_acls = ${value(access["IgnorePublicAcls"])}`,
      `block_public_policy = ${value(access["BlockPublicPolicy"])}`,
      `restrict_public_buckets = ${value(access["RestrictPublicBuckets"])}`,
    ]),
    resource("aws_s3_bucket_ownership_controls", [
      `bucket = ${bucket}`,
      ...block("rule", [`object_ownership = ${value(ownership["ObjectOwnership"])}`]),
    ]),
    resource("aws_s3_bucket_versioning", [
      `bucket = ${bucket}`,
      ...block("versioning_configuration", [`status = ${value(part("VersioningConfiguration")["Status"])}`]),
    ]),
    resource("aws_s3_bucket_server_side_encryption_configuration", [
      `bucket = ${bucket}`,
      ...block("rule", block("apply_server_side_encryption_by_default", [`sse_algorithm = ${value(SSEAlgorithm)}`])),
    ]),
    resource("aws_s3_bucket_lifecycle_configuration", [`bucket = ${bucket}`, ...rules.flatMap(lifecycleRule)]),
  ];
}

function lifecycleRule({
  Id,
  Status,
  NoncurrentVersionExpiration,
  AbortIncompleteMultipartUpload,
}: ResolvedObject): readonly string[] {
  const { NoncurrentDays } = NoncurrentVersionExpiration as ResolvedObject;
  const { DaysAfterInitiation } = AbortIncompleteMultipartUpload as ResolvedObject;
  return block("rule", [
    `id = ${value(Id)}`,
    `status = ${value(Status)}`,
    ...block("filter", []),
    ...block("noncurrent_version_expiration", [`noncurrent_days = ${value(NoncurrentDays)}`]),
    ...block("abort_incomplete_multipart_upload", [`days_after_initiation = ${value(DaysAfterInitiation)}`]),
  ]);
}

function distributionBlocks({ properties }: ResolvedResource): readonly string[] {
  const config = properties["DistributionConfig"] as ResolvedObject;
  const [origin = {}] = config["Origins"] as readonly ResolvedObject[];
  const behaviour = config["DefaultCacheBehavior"] as ResolvedObject;
  const certificate = config["ViewerCertificate"] as ResolvedObject;
  return [
    resource("aws_cloudfront_distribution", [
      `enabled = ${value(config["Enabled"])}`,
      `is_ipv6_enabled = ${value(config["IPV6Enabled"])}`,
      `http_version = ${value(config["HttpVersion"])}`,
      `price_class = ${value(config["PriceClass"])}`,
      ...block("origin", [
        `origin_id = ${value(origin["Id"])}`,
        `domain_name = ${value(origin["DomainName"])}`,
        `origin_access_control_id = ${value(origin["OriginAccessControlId"])}`,
      ]),
      ...block("default_cache_behavior", [
        `target_origin_id = ${value(behaviour["TargetOriginId"])}`,
        `viewer_protocol_policy = ${value(behaviour["ViewerProtocolPolicy"])}`,
        `allowed_methods = ${value(behaviour["AllowedMethods"])}`,
        `cached_methods = ${value(behaviour["CachedMethods"])}`,
        `compress = ${value(behaviour["Compress"])}`,
        `min_ttl = ${value(behaviour["MinTTL"])}`,
        `default_ttl = ${value(behaviour["DefaultTTL"])}`,
        `max_ttl = ${value(behaviour["MaxTTL"])}`,
        ...block("forwarded_values", ["query_string = false", ...block("cookies", [`forward = "none"`])]),
      ]),
      ...block("restrictions", block("geo_restriction", [`restriction_type = "none"`])),
      // No `minimum_protocol_version`: it needs a certificate of one's own, and every run of Terraform would try to set it again.
      ...block("viewer_certificate", [`cloudfront_default_certificate = ${value(certificate["CloudFrontDefaultCertificate"])}`]),
      tags(properties),
    ]),
  ];
}

function resource(type: string, lines: readonly string[]): string {
  return `${block(`resource "${type}" "issuer"`, lines).join("\n")}\n`;
}

function block(name: string, lines: readonly string[]): readonly string[] {
  return [
    `${name} {`,
    ...aligned(lines)
      .flatMap((line) => line.split("\n"))
      .map((line) => `  ${line}`),
    "}",
  ];
}

/** Puts the equals signs of neighbouring attributes below each other, as `terraform fmt` does; one of several lines ends a run. */
function aligned(lines: readonly string[]): readonly string[] {
  const nameOf = (line: string | undefined): string | null => /^(\w+) = [^\n]*$/.exec(line ?? "")?.[1] ?? null;
  return lines.map((line, index) => {
    const name = nameOf(line);
    if (name === null) return line;
    let [first, last] = [index, index];
    while (nameOf(lines[first - 1]) !== null) first -= 1;
    while (nameOf(lines[last + 1]) !== null) last += 1;
    const width = Math.max(...lines.slice(first, last + 1).map((one) => nameOf(one)?.length ?? 0));
    return `${name.padEnd(width)}${line.slice(name.length)}`;
  });
}

function tags({ Tags }: ResolvedObject): string {
  const pairs = (Tags as readonly ResolvedObject[]).map(({ Key, Value }) => [Key, Value]);
  return `tags = ${value(Object.fromEntries(pairs) as ResolvedObject)}`;
}

/** A value of HCL, which reads JSON; what would be filled in there is escaped, and the references are filled in. */
function value(of: Resolved | unknown): string {
  const alone = typeof of === "string" ? soleReference(of) : null;
  // As `terraform fmt` writes it.
  if (alone !== null) return NAMES[alone] ?? alone;
  const text = JSON.stringify(of, null, 2).replace(/^(\s*"(?:[^"\\]|\\.)*"):/gm, "$1 :");
  return writeReferences(
    text,
    (name) => `\${${NAMES[name] ?? name}}`,
    (plain) => plain.replace(/([$%])\{/g, "$1$1{"),
  );
}
