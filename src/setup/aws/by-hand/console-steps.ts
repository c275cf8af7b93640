import {
  bucketHost,
  policyOf,
  type Resolved,
  type ResolvedObject,
  type ResolvedTrust,
  writeReferences,
} from "./resolved-resource.ts";
import { METADATA_FILE } from "./saml-resources.ts";

/** Where in the console each type is made, and what a person calls the values that AWS gives it. */
const PLACES: Readonly<Record<string, string>> = {
  "AWS::S3::Bucket": "S3 → Create bucket",
  "AWS::S3::BucketPolicy": "S3 → the bucket → Permissions → Bucket policy, once the distribution is there",
  "AWS::CloudFront::OriginAccessControl": "CloudFront → Security → Origin access → Create control setting",
  "AWS::CloudFront::Distribution": "CloudFront → Create distribution, then wait until it is deployed",
  "AWS::IAM::OIDCProvider": "IAM → Identity providers → Add provider → OpenID Connect",
  "AWS::IAM::SAMLProvider": "IAM → Identity providers → Add provider → SAML",
  "AWS::IAM::Role": "IAM → Roles → Create role → Custom trust policy",
};

const NAMES: Readonly<Record<string, string>> = {
  IssuerBucket: "BUCKET",
  "IssuerBucket.Arn": "ARN-OF-BUCKET",
  "IssuerAccess.Id": "ID-OF-CONTROL-SETTING",
  IssuerDistribution: "ID-OF-DISTRIBUTION",
  "IssuerDistribution.DomainName": "DOMAIN-OF-DISTRIBUTION",
  IssuerProvider: "ARN-OF-PROVIDER",
  SamlProvider: "ARN-OF-PROVIDER",
  Metadata: METADATA_FILE,
};

/** The trust as steps in AWS's console, in Markdown; what AWS gives on the way is in capitals. */
export function consoleSteps({ resources, surroundings }: ResolvedTrust): string {
  const names: Readonly<Record<string, string>> = {
    ...NAMES,
    "IssuerBucket.RegionalDomainName": bucketHost("BUCKET", surroundings),
  };
  const write = (text: string): string =>
    writeReferences(
      text,
      (name) => names[name] ?? name,
      (plain) => plain,
    );
  const steps = resources.map(({ type, does, properties }, index) => {
    const settings = Object.entries(properties).flatMap(([name, value]) => setting(name, value, write));
    return [`${index + 1}. ${PLACES[type] ?? type}: ${does}`, ...settings.map((line) => `   ${line}`)].join("\n");
  });
  const outbound = `${steps.length + 1}. IAM → Account settings → Outbound identity federation → Enable, once for the account`;
  const asksForTokens = resources.some(
    ({ type, properties }) => type === "AWS::IAM::Role" && properties["Policies"] !== undefined,
  );
  return `${[...steps, ...(asksForTokens ? [outbound] : [])].join("\n")}\n`;
}

function setting(name: string, value: Resolved, write: (text: string) => string): readonly string[] {
  if (/PolicyDocument$/.test(name)) {
    const text = JSON.stringify(policyOf(value), null, 2);
    return [
      `- ${name}:`,
      "",
      "  ```json",
      ...write(text)
        .split("\n")
        .map((line) => `  ${line}`),
      "  ```",
      "",
    ];
  }
  if (typeof value !== "object") return value === "" ? [] : [`- ${name}: \`${write(String(value))}\``];
  if (Array.isArray(value) && value.every((one) => typeof one !== "object"))
    return [`- ${name}: \`${write(value.join("`, `"))}\``];
  const members = Array.isArray(value)
    ? value.map((one, index) => [`${index + 1}`, one] as const)
    : Object.entries(value as ResolvedObject);
  return [`- ${name}:`, ...members.flatMap(([key, member]) => setting(key, member, write)).map((line) => `  ${line}`)];
}
