import { type AdminPolicyInput, adminPolicy } from "../../setup/aws/admin-policy.ts";
import { TRUST_TEMPLATE } from "../../setup/aws/trust-stack.ts";
import type { AwsSetupFlags } from "./flags.ts";

/** What was asked to be printed in place of being done; null: nothing. Each form is made of the one template. */
export async function printTrust(
  flags: Pick<AwsSetupFlags, "print" | "print-admin-policy">,
  input: AdminPolicyInput,
): Promise<string | null> {
  if (flags["print-admin-policy"]) return `${JSON.stringify(adminPolicy(input), null, 2)}\n`;
  const { parameters, partition, place } = input;
  const surroundings = { AccountId: place.account, Partition: partition, Region: place.region, StackName: place.stack };
  switch (flags.print) {
    case "cloudformation":
      return `${JSON.stringify(JSON.parse(TRUST_TEMPLATE), null, 2)}\n`;
    case "terraform":
      return (await import("../../setup/aws/by-hand/terraform-module.ts")).terraformModule({ parameters, surroundings });
    case "cli":
      return (await import("../../setup/aws/by-hand/cli-script.ts")).cliScript({ parameters, surroundings });
    case "console":
      return (await import("../../setup/aws/by-hand/console-steps.ts")).consoleSteps({ parameters, surroundings });
    default:
      return null;
  }
}
