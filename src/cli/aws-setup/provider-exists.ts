import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { AwsAccount } from "../../setup/aws/account.ts";
import { parameterOf, parseStackState } from "../../setup/aws/trust-stack.ts";
import type { Present } from "../../setup/provisioner.ts";

/**
 * Whether the account has an OIDC provider for the issuer that is not of this very stack: then the role names it, and it is left
 * as it is.
 *
 * @throws {Fault} `AUDIENCE_INVALID` if it does not list the audience.
 */
export async function providerExists(
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
  { owner, state }: Present,
  account: AwsAccount,
): Promise<boolean> {
  const isOurs = owner === "ours" && state !== null && parameterOf("CreateProvider", parseStackState(state).parameters) === "yes";
  if (isOurs) return false;
  const provider = await account.provider(issuer);
  if (provider === null || provider.audiences.includes(audience)) return provider !== null;
  throw new Fault(
    "AUDIENCE_INVALID",
    `the account has an OIDC provider for ${issuer} that does not list the audience ${audience}`,
    {
      hints: [
        `its owner adds it: \`${shellCommand`aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${provider.arn} --client-id ${audience}`}\``,
      ],
      details: { provider: provider.arn },
    },
  );
}
