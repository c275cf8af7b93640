import { Fault } from "../../core/fault.ts";
import type { PlanPorts } from "../../flows/apply-plan.ts";
import { setupsTrusting } from "../../setup/issuer-trust.ts";
import type { Step } from "../../setup/plan.ts";
import { otherRecords, type PlanRecord } from "../../setup/record.ts";
import { commandOf } from "../../setup/run-again.ts";
import type { Context } from "../command.ts";

/** An identity that is to get another issuer than the one that it has. */
export interface ChangeOfIssuer {
  readonly identity: string;
  readonly from: string;
  /** The new one, or in words what will give it. */
  readonly to: string;
  /** Of the plan that changes it. */
  readonly plan: string;
  /** What is typed to have it changed all the same, as a whole command. */
  readonly wish: { readonly isGiven: boolean; readonly command: string };
}

/**
 * Finds the setups whose clouds trust the issuer that an identity would lose.
 *
 * @returns the line of the plan that says what changes, and what to run again afterwards.
 * @throws {Fault} `ISSUER_IN_USE` where there are such setups, unless the change was asked for.
 */
export async function planChangeOfIssuer(
  { identity, from, to, plan, wish }: ChangeOfIssuer,
  { records, provisionerFor }: PlanPorts,
  { paths }: Context,
): Promise<{ readonly step: Step; readonly runAgain: readonly string[] }> {
  const runAgain = requireChangeable({ identity, from, to, wish }, await otherRecords(plan, records));
  const resource = { kind: "brevet-issuer", address: { file: paths.configFile, identity } };
  const { state: before, owner } = await (await provisionerFor(resource.kind)).read(resource);
  const does = `change the issuer of ${identity} from ${from} to ${to}`;
  return { runAgain, step: { id: "brevet-issuer", ...resource, does, owner, before, after: JSON.stringify({ issuer: to }) } };
}

/** @returns what to run again once it is changed. @throws {Fault} `ISSUER_IN_USE`, unless the change was asked for. */
export function requireChangeable(
  { identity, from, to, wish }: Omit<ChangeOfIssuer, "plan">,
  records: readonly PlanRecord[],
): readonly string[] {
  const users = setupsTrusting([from], records);
  const runAgain = users.map((record) => commandOf(record, { identity, issuer: to }));
  if (users.length > 0 && !wish.isGiven) throw inUse(users, runAgain, { identity, from, wish });
  return runAgain;
}

function inUse(
  users: readonly PlanRecord[],
  runAgain: readonly string[],
  { identity, from, wish }: Pick<ChangeOfIssuer, "identity" | "from" | "wish">,
): Fault {
  const ids = users.map(({ id }) => id);
  const trust = `${ids.join(", ")} ${ids.length === 1 ? "trusts" : "trust"}`;
  return new Fault("ISSUER_IN_USE", `${trust} the issuer ${from} of ${identity}, and this would give it another one`, {
    hints: [
      `change it all the same: \`${wish.command}\``,
      `then have the new one trusted too: ${runAgain.map((command) => `\`${command}\``).join(", ")}`,
    ],
    details: { issuer: from, users: ids, runAgain },
  });
}
