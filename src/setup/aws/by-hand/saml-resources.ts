import { SAML_ROLE_DESCRIPTION, type SamlTrust, samlTrustPolicy } from "../saml-trust.ts";
import { OWNER_TAG } from "../trust-stack.ts";
import { type ResolvedObject, type ResolvedTrust, reference } from "./resolved-resource.ts";

/** The file from which a printed form reads the provider's metadata. */
export const METADATA_FILE = "metadata.xml";

/**
 * The resources of a SAML trust, as CloudFormation describes them: the same provider and role that `wantedSamlSteps` makes by calls
 * of IAM. The metadata is a reference, `Metadata`.
 */
export function samlResources(trust: SamlTrust): ResolvedTrust {
  const { account, partition, region, provider, role, permissionsBoundary, maxSessionSeconds, policyArns } = trust;
  const tags = { ...trust.tags, [OWNER_TAG]: trust.owner };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    surroundings: { AccountId: account, Partition: partition, Region: region, StackName: provider },
    resources: [
      {
        logicalId: "SamlProvider",
        type: "AWS::IAM::SAMLProvider",
        does: `IAM SAML provider ${provider}, with what the provider publishes of itself`,
        properties: { Name: provider, SamlMetadataDocument: reference("Metadata"), Tags },
      },
      {
        logicalId: "Role",
        type: "AWS::IAM::Role",
        does: `IAM role ${role}, for people whom that provider signs in`,
        properties: {
          RoleName: role,
          Description: SAML_ROLE_DESCRIPTION,
          MaxSessionDuration: maxSessionSeconds,
          ...(permissionsBoundary === null ? {} : { PermissionsBoundary: permissionsBoundary }),
          AssumeRolePolicyDocument: samlTrustPolicy(trust, reference("SamlProvider")) as ResolvedObject,
          ManagedPolicyArns: policyArns,
          Tags,
        },
      },
    ],
  };
}

/** The two as a template for CloudFormation, the metadata in it. */
export function samlTemplate(trust: SamlTrust): string {
  const resources = samlResources(trust).resources.map(({ logicalId, type, does, properties }) => [
    logicalId,
    { Type: type, Metadata: { brevet: { does } }, Properties: properties },
  ]);
  const template = { AWSTemplateFormatVersion: "2010-09-09", Resources: Object.fromEntries(resources) as object };
  const inPlace = (_: string, value: unknown): unknown => {
    if (value === reference("Metadata")) return trust.metadata;
    return value === reference("SamlProvider") ? { Ref: "SamlProvider" } : value;
  };
  return JSON.stringify(template, inPlace, 2);
}
