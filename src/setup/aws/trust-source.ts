import { Fault } from "../../core/fault.ts";
import { IAM_CHANGES } from "../../trust/aws/trust-changes.ts";
import type { AwsTrustSource } from "../../trust/aws/trust-source.ts";
import type { AwsAccount } from "./account.ts";

/**
 * IAM itself, as an administrator of the account sees it.
 *
 * @throws {Fault} from each method: `ACCOUNT_MISMATCH` for a role of another account, and what the account raises.
 */
export function accountTrust(account: AwsAccount): AwsTrustSource {
  async function requireAccount(accountId: string): Promise<void> {
    const caller = await account.caller();
    if (caller.accountId === accountId) return;
    throw new Fault(
      "ACCOUNT_MISMATCH",
      `these credentials are of the account ${caller.accountId}, and the role is of ${accountId}`,
      {
        hints: [
          `set AWS_PROFILE to an administrator of ${accountId}, or give \`--trust\` what \`aws iam get-role\` prints there`,
        ],
      },
    );
  }
  return {
    changes: IAM_CHANGES,
    async role(arn) {
      await requireAccount(arn.split(":")[4] ?? "");
      const role = await account.role(arn.split("/").at(-1) ?? "");
      return role === null ? null : { arn: role.arn, trustPolicy: role.trustPolicy, maxSessionDuration: role.maxSessionSeconds };
    },
    // A role has several, inline and attached, besides boundaries and the organisation's policies.
    permissions: async () => "unknown",
    async providers(accountId, issuer) {
      await requireAccount(accountId);
      const provider = await account.provider(issuer);
      return provider === null ? [] : [{ url: issuer, clientIds: provider.audiences }];
    },
  };
}
