import {
  EnableOutboundWebIdentityFederationCommand,
  GetOpenIDConnectProviderCommand,
  GetOutboundWebIdentityFederationInfoCommand,
  GetPolicyCommand,
  GetRoleCommand,
} from "@aws-sdk/client-iam";
import { awsCall } from "../../platform/aws-sdk/call.ts";
import type { AwsAccount } from "../../setup/aws/account.ts";
import type { AwsClients } from "./clients.ts";

const DISABLED = ["FeatureDisabledException", "FeatureDisabled"];
const ABSENT = ["NoSuchEntityException", "NoSuchEntity"];

/** The account of these clients. Each method throws `ADMIN_ABSENT`, `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`. */
export function openAccount(clients: AwsClients): AwsAccount {
  const { iam } = clients;
  return {
    caller: clients.caller,
    async provider(issuer) {
      const { accountId, partition } = await clients.caller();
      const arn = `arn:${partition}:iam::${accountId}:oidc-provider/${issuer.replace(/^https:\/\//, "")}`;
      const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn });
      const found = await awsCall("iam:GetOpenIDConnectProvider", () => iam.send(command), ABSENT);
      return found === null ? null : { arn, audiences: found.ClientIDList ?? [] };
    },
    async hasPolicy(arn) {
      return (await awsCall("iam:GetPolicy", () => iam.send(new GetPolicyCommand({ PolicyArn: arn })), ABSENT)) !== null;
    },
    async enableOutboundFederation() {
      const ask = new GetOutboundWebIdentityFederationInfoCommand({});
      const present = await awsCall("iam:GetOutboundWebIdentityFederationInfo", () => iam.send(ask), DISABLED);
      if (present?.JwtVendingEnabled === true && present.IssuerIdentifier !== undefined) return present.IssuerIdentifier;
      const enable = new EnableOutboundWebIdentityFederationCommand({});
      return (await awsCall("iam:EnableOutboundWebIdentityFederation", () => iam.send(enable))).IssuerIdentifier ?? "";
    },
    async role(name) {
      const found = await awsCall("iam:GetRole", () => iam.send(new GetRoleCommand({ RoleName: name })), ABSENT);
      if (found?.Role === undefined) return null;
      const { Arn = "", AssumeRolePolicyDocument = "", MaxSessionDuration = 3600, Tags = [] } = found.Role;
      return {
        arn: Arn,
        // IAM gives it encoded as in a URL.
        trustPolicy: decodeURIComponent(AssumeRolePolicyDocument),
        maxSessionSeconds: MaxSessionDuration,
        tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
      };
    },
  };
}
