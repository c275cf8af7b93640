import type { Resource, Step } from "../plan.ts";
import { ownStep } from "../planned-step.ts";
import type { Present } from "../provisioner.ts";
import { stackState, TRUST_TEMPLATE_MARK, type TrustParameters } from "./trust-stack.ts";

/** Where a stack is, and whose. */
export interface StackPlace {
  readonly account: string;
  readonly region: string;
  readonly stack: string;
  readonly owner: string;
}

/** The stack as a resource of a plan. */
export function stackResource({ account, region, stack, owner }: StackPlace): Resource {
  return { kind: "aws-stack", address: { account, region, stack, owner } };
}

/**
 * The step that makes or changes the stack of a trust.
 *
 * @throws {Fault} `PLAN_CONFLICT` when the name is taken by somebody else: nothing of others is ever taken over.
 */
export function planTrustStack(
  place: StackPlace,
  wanted: { readonly parameters: TrustParameters; readonly tags: Readonly<Record<string, string>> },
  present: Present,
): Step {
  const { region, stack, owner } = place;
  const named = `brevet-${shortened(owner)}`;
  const step = {
    id: "aws-stack",
    ...stackResource(place),
    what: `the stack ${stack} in ${region}`,
    after: stackState({ template: TRUST_TEMPLATE_MARK, ...wanted }),
  };
  return ownStep(step, {
    ...present,
    takenHint: `give this one names of its own: \`--stack-name ${named} --role-name ${named}\``,
  });
}

/** As much of an owner as the name of a stack can hold. */
function shortened(owner: string): string {
  return owner
    .replace(/^https:\/\//, "")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .slice(0, 32)
    .replace(/-$/, "");
}
