import { quotePosix } from "../../../wire/shell/posix-word.ts";
import { type SamlTrust, samlTrustPolicy } from "../saml-trust.ts";
import { OWNER_TAG } from "../trust-stack.ts";

/** The trust of a SAML provider as a script for `sh` and the AWS CLI, which reads the metadata beside it. */
export function samlCliScript(trust: SamlTrust): string {
  const { provider, role, policyArns, permissionsBoundary, maxSessionSeconds } = trust;
  const tags = JSON.stringify(
    Object.entries({ ...trust.tags, [OWNER_TAG]: trust.owner }).map(([Key, Value]) => ({ Key, Value })),
  );
  const create = [
    `aws iam create-role --role-name ${role} --max-session-duration ${maxSessionSeconds}`,
    ...(permissionsBoundary === null ? [] : [`--permissions-boundary ${permissionsBoundary}`]),
    `--assume-role-policy-document ${quotePosix(JSON.stringify(samlTrustPolicy(trust)))} --tags ${quotePosix(tags)}`,
  ];
  return [
    "#!/bin/sh",
    "set -eu",
    `export AWS_DEFAULT_REGION=${trust.region}`,
    "# What the provider publishes of itself",
    `aws iam create-saml-provider --name ${provider} --saml-metadata-document file://metadata.xml --tags ${quotePosix(tags)}`,
    create.join(" "),
    ...policyArns.map((arn) => `aws iam attach-role-policy --role-name ${role} --policy-arn ${arn}`),
    "",
  ].join("\n");
}
