import { jsonPage } from "../../../platform/terminal/json-page.ts";
import { adminPolicy } from "../../../setup/aws/admin-policy.ts";
import type { ResolvedTrust } from "../../../setup/aws/by-hand/resolved-resource.ts";
import type { StackPlace } from "../../../setup/aws/plan-trust.ts";
import type { TrustParameters } from "../../../setup/aws/trust-stack.ts";
import type { AwsSetupFlags } from "./flags.ts";

/** What the forms are made of, each when it is asked for. */
export interface PrintableTrust {
  /** The policy that its administrator needs. */
  adminPolicy(): unknown;
  /** The template for CloudFormation. */
  template(): Promise<string>;
  /** What the other forms are written from. */
  resources(): Promise<ResolvedTrust>;
}

/** The forms of a stack's trust. */
export function printableStack(stack: {
  readonly parameters: TrustParameters;
  readonly tags: Readonly<Record<string, string>>;
  readonly place: StackPlace;
  readonly partition: string;
}): PrintableTrust {
  const { place, partition } = stack;
  const surroundings = { AccountId: place.account, Partition: partition, Region: place.region, StackName: place.stack };
  const load = () => import("../../../setup/aws/by-hand/resolve-template.ts");
  return {
    adminPolicy: () => adminPolicy(stack),
    template: async () => (await load()).filledTemplate(stack),
    resources: async () => (await load()).resolveTemplate({ ...stack, surroundings }),
  };
}

/** Whether something is to be printed instead of done. */
export function isToPrint(flags: Pick<AwsSetupFlags, "print" | "print-admin-policy">): boolean {
  return flags["print-admin-policy"] || flags.print !== undefined;
}

/** What was asked to be printed; null: nothing. */
export async function printTrust(
  flags: Pick<AwsSetupFlags, "print" | "print-admin-policy">,
  trust: PrintableTrust,
): Promise<string | null> {
  if (flags["print-admin-policy"]) return jsonPage(trust.adminPolicy());
  switch (flags.print) {
    case "cloudformation":
      return `${await trust.template()}\n`;
    case "terraform":
      return (await import("../../../setup/aws/by-hand/terraform-module.ts")).terraformModule(await trust.resources());
    case "cli":
      return (await import("../../../setup/aws/by-hand/cli-script.ts")).cliScript(await trust.resources());
    case "console":
      return (await import("../../../setup/aws/by-hand/console-steps.ts")).consoleSteps(await trust.resources());
    default:
      return null;
  }
}
