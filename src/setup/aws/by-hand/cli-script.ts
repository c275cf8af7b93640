import { createHash } from "node:crypto";
import {
  bucketHost,
  policyOf,
  type Resolved,
  type ResolvedObject,
  type ResolvedResource,
  type ResolvedTrust,
  reference,
  type Surroundings,
  writeReferences,
} from "./resolved-resource.ts";

import { METADATA_FILE } from "./saml-resources.ts";

/** The shell variable of what AWS answers, by the reference of the template. */
const VARIABLES: Readonly<Record<string, string>> = {
  IssuerBucket: "BUCKET",
  IssuerAccess: "ACCESS",
  "IssuerAccess.Id": "ACCESS",
  IssuerDistribution: "DISTRIBUTION",
  "IssuerDistribution.DomainName": "DOMAIN",
  IssuerProvider: "PROVIDER",
  SamlProvider: "PROVIDER",
  Run: "RUN",
};

/** Commands are kept as what they undo is made, so that the last of these are the first, and are printed however the script ends. */
const PRELUDE = `UNDO=
undo() { UNDO="$1
$UNDO"; }
trap '[ -z "$UNDO" ] || printf "%s\\n" "# undoes what was made:" "export AWS_REGION=$AWS_REGION AWS_DEFAULT_REGION=$AWS_REGION" "$UNDO"' EXIT
trap 'exit 130' INT TERM`;

/**
 * The trust as a script for `sh` and the AWS CLI, which stops at the first call that fails. At its end it prints the commands that take
 * away what it made.
 */
export function cliScript({ resources, surroundings }: ResolvedTrust): string {
  const { Region: region, Partition: partition } = surroundings;
  const named: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(VARIABLES).map(([reference, variable]) => [reference, `\${${variable}}`])),
    Metadata: `file://${METADATA_FILE}`,
    "IssuerBucket.Arn": `arn:${partition}:s3:::\${BUCKET}`,
    "IssuerBucket.RegionalDomainName": bucketHost(`\${BUCKET}`, surroundings),
  };
  const write = (text: string): string => writeReferences(text, (name) => named[name] ?? name, escaped);
  const blocks = ORDER.flatMap((type) => {
    const resource = resources.find((one) => one.type === type);
    return resource === undefined ? [] : [`# ${resource.does}`, ...(COMMANDS[type]?.(resource, { write, region }) ?? []), ""];
  });
  const bucket = resources.find(({ type }) => type === "AWS::S3::Bucket");
  const names = bucket === undefined ? [] : [`BUCKET="${bucketName(bucket, surroundings)}"`, 'RUN="$(date +%s)-$$"'];
  return [
    "#!/bin/sh",
    "set -eu",
    // Version 1 of the AWS CLI reads only AWS_DEFAULT_REGION; version 2 prefers AWS_REGION.
    `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    ...names,
    PRELUDE,
    "",
    ...blocks,
  ].join("\n");
}

/**
 * A name that no other bucket has: S3 knows one of each, in all accounts. It has at most 60 of its 63 characters, since a stack's has
 * at most 40.
 */
function bucketName({ properties }: ResolvedResource, { AccountId, Region, StackName }: Surroundings): string {
  const whose = JSON.stringify([AccountId, Region, StackName, properties["Tags"]]);
  return `${StackName.toLowerCase()}-issuer-${createHash("sha256").update(whose).digest("hex").slice(0, 12)}`;
}

/** The order in which resources are made, which CloudFormation finds by itself: the bucket's policy names the distribution. */
const ORDER = [
  "AWS::S3::Bucket",
  "AWS::CloudFront::OriginAccessControl",
  "AWS::CloudFront::Distribution",
  "AWS::S3::BucketPolicy",
  "AWS::IAM::OIDCProvider",
  "AWS::IAM::SAMLProvider",
  "AWS::IAM::Role",
];

interface Writing {
  readonly write: (text: string) => string;
  readonly region: string;
}

type Commands = (resource: ResolvedResource, writing: Writing) => readonly string[];

const COMMANDS: Readonly<Record<string, Commands>> = {
  "AWS::S3::Bucket": ({ properties }, { write, region }) => {
    const put = (what: string, flag: string, value: unknown): string =>
      `aws s3api ${what} --bucket "$BUCKET" ${flag} ${json(value, write)}`;
    const encryption = properties["BucketEncryption"] as {
      readonly ServerSideEncryptionConfiguration: readonly ResolvedObject[];
    };
    const rules = encryption.ServerSideEncryptionConfiguration.map(({ ServerSideEncryptionByDefault }) => ({
      ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault,
    }));
    const elsewhere = region === "us-east-1" ? "" : ` --create-bucket-configuration LocationConstraint=${region}`;
    return [
      `aws s3api create-bucket --bucket "$BUCKET"${elsewhere}`,
      undo(`aws s3api delete-bucket --bucket ${BUCKET}`, write),
      undo(emptied(BUCKET), write),
      put("put-public-access-block", "--public-access-block-configuration", properties["PublicAccessBlockConfiguration"]),
      put("put-bucket-ownership-controls", "--ownership-controls", properties["OwnershipControls"]),
      put("put-bucket-versioning", "--versioning-configuration", properties["VersioningConfiguration"]),
      put("put-bucket-encryption", "--server-side-encryption-configuration", { Rules: rules }),
      put("put-bucket-lifecycle-configuration", "--lifecycle-configuration", {
        Rules: lifecycleRules(properties["LifecycleConfiguration"] as ResolvedObject),
      }),
      put("put-bucket-tagging", "--tagging", { TagSet: properties["Tags"] }),
    ];
  },
  "AWS::CloudFront::OriginAccessControl": ({ properties }, { write }) => [
    `ACCESS=$(aws cloudfront create-origin-access-control --query OriginAccessControl.Id --output text --origin-access-control-config ${json(properties["OriginAccessControlConfig"], write)})`,
    undo(
      `aws cloudfront delete-origin-access-control --id ${ACCESS} --if-match "$(aws cloudfront get-origin-access-control --id ${ACCESS} --query ETag --output text)"`,
      write,
    ),
  ],
  "AWS::CloudFront::Distribution": ({ properties }, { write }) => [
    `MADE=$(aws cloudfront create-distribution-with-tags --query 'Distribution.[Id,DomainName]' --output text --distribution-config-with-tags ${json({ DistributionConfig: distributionConfig(properties["DistributionConfig"] as ResolvedObject), Tags: { Items: properties["Tags"] } }, write)})`,
    'DISTRIBUTION=$(echo "$MADE" | cut -f1)',
    'DOMAIN=$(echo "$MADE" | cut -f2)',
    ...undoneDistribution(DISTRIBUTION).map((line) => undo(line, write)),
    // IAM connects to the issuer when the provider is made, and refuses if nothing answers yet.
    'aws cloudfront wait distribution-deployed --id "$DISTRIBUTION"',
  ],
  "AWS::S3::BucketPolicy": ({ properties }, { write }) => [
    `aws s3api put-bucket-policy --bucket "$BUCKET" --policy ${json(policyOf(properties["PolicyDocument"]), write)}`,
  ],
  "AWS::IAM::OIDCProvider": ({ properties }, { write }) => [
    `PROVIDER=$(aws iam create-open-id-connect-provider --query OpenIDConnectProviderArn --output text --url "${write(String(properties["Url"]))}" --client-id-list ${json(properties["ClientIdList"], write)} --tags ${json(properties["Tags"], write)})`,
    undo(`aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${reference("IssuerProvider")}`, write),
  ],
  "AWS::IAM::SAMLProvider": ({ properties }, { write }) => [
    `PROVIDER=$(aws iam create-saml-provider --query SAMLProviderArn --output text --name ${String(properties["Name"])} --saml-metadata-document ${json(properties["SamlMetadataDocument"], write)} --tags ${json(properties["Tags"], write)})`,
    undo(`aws iam delete-saml-provider --saml-provider-arn ${reference("SamlProvider")}`, write),
  ],
  "AWS::IAM::Role": ({ properties }, { write }) => {
    const name = `--role-name ${String(properties["RoleName"])}`;
    const boundary = properties["PermissionsBoundary"];
    const create = [
      `aws iam create-role ${name}`,
      `--description ${json(properties["Description"], write)}`,
      `--max-session-duration ${String(properties["MaxSessionDuration"])}`,
      ...(boundary === undefined ? [] : [`--permissions-boundary ${String(boundary)}`]),
      `--assume-role-policy-document ${json(policyOf(properties["AssumeRolePolicyDocument"]), write)}`,
      `--tags ${json(properties["Tags"], write)}`,
    ];
    const attach = (properties["ManagedPolicyArns"] as readonly Resolved[]).flatMap((arn) => [
      `aws iam attach-role-policy ${name} --policy-arn ${String(arn)}`,
      undo(`aws iam detach-role-policy ${name} --policy-arn ${String(arn)}`, write),
    ]);
    const inline = ((properties["Policies"] ?? []) as readonly ResolvedObject[]).flatMap(({ PolicyName, PolicyDocument }) => [
      `aws iam put-role-policy ${name} --policy-name ${String(PolicyName)} --policy-document ${json(PolicyDocument, write)}`,
      undo(`aws iam delete-role-policy ${name} --policy-name ${String(PolicyName)}`, write),
      "# Once for the account, which may have it on already",
      "aws iam enable-outbound-web-identity-federation || aws iam get-outbound-web-identity-federation-info",
    ]);
    return [create.join(" "), undo(`aws iam delete-role ${name}`, write), ...attach, ...inline];
  },
};

const [BUCKET, ACCESS, DISTRIBUTION] = [reference("IssuerBucket"), reference("IssuerAccess"), reference("IssuerDistribution")];

/** The line of the script that keeps a command for its end; what is to be run then stays as it is. */
function undo(command: string, write: Writing["write"]): string {
  return `undo "${write(command)}"`;
}

/** A bucket with versions is deleted only without any. */
function emptied(bucket: string): string {
  const versions = `aws s3api list-object-versions --bucket ${bucket} --query '[Versions,DeleteMarkers][][Key,VersionId]' --output text`;
  return `${versions} | while read -r KEY VERSION; do aws s3api delete-object --bucket ${bucket} --key "$KEY" --version-id "$VERSION"; done`;
}

/** CloudFront deletes none that is enabled, or whose change is not everywhere yet. The last line first. */
function undoneDistribution(id: string): readonly string[] {
  const config = `aws cloudfront get-distribution-config --id ${id}`;
  const match = `--id ${id} --if-match "$(${config} --query ETag --output text)"`;
  const disabled = `$(${config} --query DistributionConfig --output json | sed 's/^    "Enabled": true/    "Enabled": false/')`;
  return [
    `aws cloudfront delete-distribution ${match}`,
    `aws cloudfront wait distribution-deployed --id ${id}`,
    `aws cloudfront update-distribution ${match} --distribution-config "${disabled}"`,
  ];
}

/** The API of S3 wants to be told that a rule is for everything, and calls a rule's name otherwise. */
function lifecycleRules({ Rules }: ResolvedObject): readonly unknown[] {
  return (Rules as readonly ResolvedObject[]).map(({ Id, ...rule }) => ({ ID: Id, Filter: { Prefix: "" }, ...rule }));
}

/** CloudFormation writes lists as lists; the API of CloudFront counts them. */
function distributionConfig({ Origins, DefaultCacheBehavior, IPV6Enabled, ...rest }: ResolvedObject): unknown {
  const counted = (items: Resolved | undefined) => ({ Quantity: (items as readonly Resolved[]).length, Items: items });
  const { AllowedMethods, CachedMethods, ForwardedValues, ...behaviour } = DefaultCacheBehavior as ResolvedObject;
  return {
    ...rest,
    // CloudFront makes no second distribution of the same one, also after the first was deleted.
    CallerReference: `brevet-${reference("Run")}`,
    IsIPV6Enabled: IPV6Enabled,
    Origins: counted(Origins),
    DefaultCacheBehavior: {
      ...behaviour,
      AllowedMethods: { ...counted(AllowedMethods), CachedMethods: counted(CachedMethods) },
      ForwardedValues: { ...(ForwardedValues as ResolvedObject), Cookies: { Forward: "none" } },
    },
  };
}

/** JSON as one word of the shell, in which the variables of the script are filled in. */
function json(value: unknown, write: Writing["write"]): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `"${write(text)}"`;
}

function escaped(text: string): string {
  return text.replace(/[\\"$`]/g, (mark) => `\\${mark}`);
}
