import { Fault } from "../../../core/fault.ts";
import type { AwsAccount } from "../../../setup/aws/account.ts";
import { parameterOf, parseStackState } from "../../../setup/aws/trust-stack.ts";
import type { Present } from "../../../setup/provisioner.ts";
import { addAudience, audienceForOthers } from "../../../trust/aws/trust-changes.ts";

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
      hints: [`its owner adds it: \`${addAudience(provider.arn, audience)}\``, audienceForOthers(provider.arn)],
      details: { provider: provider.arn },
    },
  );
}
