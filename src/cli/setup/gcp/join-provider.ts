import { applyPlan } from "../../../flows/apply-plan.ts";
import { jsonPage } from "../../../platform/terminal/json-page.ts";
import { planJson } from "../../../setup/diff.ts";
import type { Context } from "../../command.ts";
import { selectIdentity } from "../../select.ts";
import { agreedPlan } from "../plan-report.ts";
import { reportJoined } from "../report-joined.ts";
import type { GcpSetupFlags } from "./flags.ts";
import { planProfile, profileNameOf, sayHowToUse } from "./join-profile.ts";

/** `setup gcp --provider`: a profile for a provider that exists. */
export async function joinProvider(provider: string, flags: GcpSetupFlags, context: Context): Promise<number> {
  const { compose, output } = context;
  const plans = await compose.plans();
  // By its name, even if it is the only one: a second identity must not make the profile ambiguous.
  const identity = selectIdentity(await compose.config(), flags.identity).name;
  const plan = await planProfile({ identity, provider, serviceAccount: flags["service-account"], flags }, plans, context);
  if (!(await agreedPlan(plan, flags, plans, context))) return 0;
  await applyPlan(plan, plans);
  if (flags.json) output(jsonPage(planJson(plan)));
  const name = profileNameOf(flags);
  await reportJoined({ plan, profile: name, identity, purpose: "brevet setup gcp" }, context);
  sayHowToUse(plan, name, flags.project, context);
  return 0;
}
