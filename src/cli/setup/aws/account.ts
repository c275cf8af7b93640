import { Fault } from "../../../core/fault.ts";
import type { Environment } from "../../../platform/paths.ts";
import type { AwsAccount } from "../../../setup/aws/account.ts";
import { partitionOfRegion } from "../../../wire/aws-sts/partitions.ts";
import type { Context } from "../../command.ts";
import type { AwsSetupFlags } from "./flags.ts";
import { isToPrint } from "./print-trust.ts";
import { regionOf } from "./region-of.ts";

/** The account that is set up, and what can be known of it. */
export interface TargetAccount {
  readonly account: AwsAccount;
  /** Whether nobody looks: it was named only, for something to be printed, and is taken for empty. */
  readonly isUnseen: boolean;
}

/** The region of what is made: the one that was named, else that of AWS's own tools. @throws {Fault} `REGION_INVALID` */
export function regionOfSetup(flags: Pick<AwsSetupFlags, "region">, environment: Environment): string {
  const found = regionOf(flags, environment);
  if (found === null) return "us-east-1";
  partitionOfRegion(found.region, found.namedBy);
  return found.region;
}

/**
 * The account of the administrator who is signed in; when the trust is only printed, the account that `--account` names, which
 * needs no sign-in.
 *
 * @throws {Fault} `USAGE_INVALID` for what is no number of an account; `ACCOUNT_MISMATCH` where the administrator is of another;
 *   `ADMIN_ABSENT`.
 */
export async function openAccount(
  flags: Pick<AwsSetupFlags, "account" | "print" | "print-admin-policy">,
  region: string,
  { compose, terminal }: Context,
): Promise<TargetAccount> {
  const { account: named } = flags;
  if (named !== undefined && !/^\d{12}$/.test(named)) {
    throw new Fault("USAGE_INVALID", `--account "${named}" is not the number of an account, which has 12 digits`);
  }
  if (named !== undefined && isToPrint(flags)) {
    terminal.say(`printing for the account ${named}, which is not looked at: as if it had nothing of this yet`);
    return { account: unseenAccount(named, region), isUnseen: true };
  }
  const account = await compose.awsAccount(region);
  const { accountId } = await callerOf(account, flags);
  if (named === undefined || named === accountId) {
    terminal.say(`looking at what is in the AWS account ${accountId} and in ${region}`);
    return { account, isUnseen: false };
  }
  throw new Fault("ACCOUNT_MISMATCH", `these credentials are of the account ${accountId}, and --account is ${named}`, {
    hints: [`set AWS_PROFILE to an administrator of ${named}`],
  });
}

async function callerOf(account: AwsAccount, flags: Pick<AwsSetupFlags, "print" | "print-admin-policy">) {
  try {
    return await account.caller();
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "ADMIN_ABSENT" || !isToPrint(flags)) throw cause;
    const hints = ["name the account, and it is printed without asking AWS: `--account 123456789012`", ...cause.hints];
    throw cause.told({ hints });
  }
}

/** An account as it is before anything was made in it. */
function unseenAccount(accountId: string, region: string): AwsAccount {
  const partition = partitionOfRegion(region, "--region").id;
  return {
    caller: async () => ({ accountId, partition, arn: `arn:${partition}:iam::${accountId}:root` }),
    provider: async () => null,
    hasPolicy: async () => true,
    role: async () => null,
    enableOutboundFederation: () => Promise.reject(new TypeError("nothing is done to an account that is not looked at")),
  };
}
