import { Fault } from "../../../core/fault.ts";
import { chainStatements } from "../../../trust/aws/chain-statements.ts";
import { roleName } from "../../../trust/aws/trust-changes.ts";
import type { NamedRegion } from "../../../wire/aws-sts/named-region.ts";
import type { Config, ProfileEntry } from "../../../wire/brevet-config/config.ts";
import type { Context } from "../../command.ts";
import { selectProfile } from "../../select.ts";

/** The role whose credentials another role is assumed by, and the region that goes on from it where it has one. */
export interface BaseRole extends Omit<NamedRegion, "region"> {
  readonly roleArn: string;
  readonly region: string | null;
}

/** The role of a profile that others are to go by. @throws {Fault} `PROFILE_UNKNOWN`, `CREDENTIALS_UNSUPPORTED`. */
export function baseRole(via: string, config: Config): BaseRole {
  const base = selectProfile(config, via, {});
  if (base.exchange !== "aws") {
    throw new Fault(
      "CREDENTIALS_UNSUPPORTED",
      `the profile ${via} is for ${base.exchange}, and a role is assumed by those of AWS`,
      {
        hints: ["name a profile with an `aws` block: `brevet status` lists the profiles"],
      },
    );
  }
  return { roleArn: String(base.options["roleArn"] ?? ""), ...regionOfChain(base, config, []) };
}

function regionOfChain(
  { name, options, source }: ProfileEntry,
  config: Config,
  seen: readonly string[],
): Omit<BaseRole, "roleArn"> {
  const { region } = options;
  if (typeof region === "string") return { region, namedBy: `the profile ${name}` };
  const next = source.kind === "via" && !seen.includes(name) ? config.profiles.get(source.profile) : undefined;
  return next === undefined ? { region: null, namedBy: "" } : regionOfChain(next, config, [...seen, name]);
}

/** What an administrator of the role's account, and of the base role's, has to have written for the one to be assumed by the other. */
export function sayTrust({ roleArn: callerRoleArn }: BaseRole, roleArn: string, { terminal }: Context): void {
  const { trust, permission } = chainStatements({ callerRoleArn, roleArn });
  terminal.say(`the trust policy of ${roleName(roleArn)} needs: ${trust}`);
  terminal.say(`and a policy of ${roleName(callerRoleArn)}, unless both are in one account: ${permission}`);
}
