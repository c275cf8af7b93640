import { shellCommand } from "../../core/shell-command.ts";

/** Whom an account is to trust, and for which role. */
export interface TrustedCaller {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly roleArn: string;
  readonly providerArn: string;
}

/** What is typed to change what an account trusts, as lines that `explain` prints: in IAM's words, or in those of the sandbox. */
export interface TrustChanges {
  letIn(caller: TrustedCaller, lacking: "provider" | "audience" | "role"): readonly string[];
  /** What reads the trust policy of a role, and puts the corrected one in its place. */
  putTrustPolicy(roleArn: string): readonly string[];
  lengthenSessions(roleArn: string, maxSeconds: number): readonly string[];
}

/** By the AWS CLI, as an administrator of the account. */
export const IAM_CHANGES: TrustChanges = {
  letIn({ issuer, audience, providerArn }, lacking) {
    if (lacking === "provider") {
      return [shellCommand`aws iam create-open-id-connect-provider --url ${issuer} --client-id-list ${audience}`];
    }
    if (lacking === "audience") return [addAudience(providerArn, audience), audienceForOthers(providerArn)];
    return [`make the role with a trust policy for ${providerArn}, or correct \`roleArn\` in the profile`];
  },
  putTrustPolicy(roleArn) {
    const name = roleName(roleArn);
    const read = shellCommand`aws iam get-role --role-name ${name} --query Role.AssumeRolePolicyDocument --output json`;
    const put = shellCommand`aws iam update-assume-role-policy --role-name ${name} --policy-document`;
    return [`the policy as it is: ${read} > trust.json`, `and, with that in it: ${put} file://trust.json`];
  },
  lengthenSessions: (roleArn, maxSeconds) => [
    shellCommand`aws iam update-role --role-name ${roleName(roleArn)} --max-session-duration ${maxSeconds}`,
  ],
};

/** The command that has an OIDC provider list one more audience. */
export function addAudience(providerArn: string, audience: string): string {
  return shellCommand`aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${providerArn} --client-id ${audience}`;
}

/** Who else gets in through one more audience of a provider. */
export function audienceForOthers(providerArn: string): string {
  const [, provider = ""] = providerArn.split(":oidc-provider/");
  return `it counts for each role that trusts the provider: one whose policy does not test ${provider}:aud takes such tokens too`;
}

/** The name of a role by its ARN, without its path. */
export function roleName(roleArn: string): string {
  return roleArn.split("/").at(-1) ?? "";
}
