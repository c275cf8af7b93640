import type { ProfilePath } from "../../../core/profile.ts";
import { applyPlan } from "../../../flows/apply-plan.ts";
import { jsonPage } from "../../../platform/terminal/json-page.ts";
import { planJson } from "../../../setup/diff.ts";
import { issuerFormProblem } from "../../../trust/aws/issuer-form.ts";
import type { Context } from "../../command.ts";
import { agreedPlan } from "../plan-report.ts";
import { reportJoined } from "../report-joined.ts";
import { issuerFormFault } from "../require-issuer-form.ts";
import { type BaseRole, baseRole, sayTrust } from "./base-role.ts";
import type { AwsSetupFlags } from "./flags.ts";
import { hasRegion, planProfiles, profileNameOf } from "./join-profile.ts";
import { regionOf } from "./region-of.ts";
import { samlOf } from "./saml-flags.ts";
import { tryLine } from "./try-line.ts";

/** `setup aws --role`: profiles for a role that exists. */
export async function joinRole(role: string, flags: AwsSetupFlags, context: Context): Promise<number> {
  const { compose, terminal, output, environment } = context;
  const { profile, program, via } = flags;
  const base = via === undefined ? null : baseRole(via, await compose.config());
  const named = flags.region === undefined && base !== null && base.region !== null ? base : regionOf(flags, environment);
  const region = named?.region ?? null;
  const endpointUrl = flags["endpoint-url"] ?? null;
  const saml = samlOf(flags);
  const identity = await provingIdentity({ role, endpointUrl, saml, named }, flags, context);
  const plans = await compose.plans();
  if (via === undefined && saml === null) await judgeIssuerForm(identity, endpointUrl, context);
  // By its name, even if it is the only one: a second identity must not make the profile ambiguous.
  const source = via === undefined ? { identity } : { via };
  const regions = { region: flags.region ?? null, defaultRegion: region };
  const plan = await planProfiles({ profile, roleArn: role, ...regions, endpointUrl, source, saml, program }, plans, context);
  const isAgreed = await agreedPlan(plan, flags, plans, context);
  if (!isAgreed) {
    if (base !== null) sayTrust(base, role, context);
    return 0;
  }
  await applyPlan(plan, plans);
  if (flags.json) output(jsonPage(planJson(plan)));
  const name = profileNameOf(plan);
  const isReady = await reportJoined({ plan, profile: name, identity, purpose: "brevet setup aws" }, context);
  if (!isReady && base !== null) sayTrust(base, role, context);
  if (!hasRegion(plan)) terminal.warn("the profile has no region, which most AWS tools need: run this again with --region");
  if (isReady) terminal.say(tryLine(name, flags["endpoint-url"], environment));
  terminal.say(`undo it: \`brevet unsetup ${plan.id}\``);
  return 0;
}

interface RoleWish {
  readonly role: string;
  readonly endpointUrl: string | null;
  readonly saml: ReturnType<typeof samlOf>;
  /** The region of its calls; null: there is none. */
  readonly named: Omit<BaseRole, "roleArn"> | null;
}

/** The identity that proves the role. @throws {Fault} what is wrong with the role, the region, the identity or the way to it. */
async function provingIdentity(
  { role, endpointUrl, saml, named }: RoleWish,
  { via, identity }: AwsSetupFlags,
  { compose }: Context,
): Promise<string> {
  const region = named?.region ?? null;
  const path = await compose.profilePath({
    ...(via === undefined ? { identity } : { profile: via }),
    overrides: {
      roleArn: role,
      ...(saml === null ? {} : { saml }),
      ...(region === null ? {} : { region }),
      ...(endpointUrl === null ? {} : { endpointUrl }),
    },
    typed: { roleArn: "--role", ...(named === null ? {} : { region: named.namedBy }) },
  });
  (await path.openExchange()).request();
  return identityOf(path);
}

/** The identity at the beginning of a chain. */
function identityOf({ source }: ProfilePath): string {
  return source.kind === "identity" ? source.name : identityOf(source.profile);
}

/** A stand-in for AWS at another endpoint may take an issuer that AWS does not. */
async function judgeIssuerForm(
  name: string,
  endpointUrl: string | null,
  { compose, environment, terminal }: Context,
): Promise<void> {
  const { issuer } = await (await compose.identity(name)).identity.describe();
  const problem = issuer === null ? null : issuerFormProblem(issuer);
  if (issuer === null || problem === null) return;
  const fault = issuerFormFault({ issuer, name, problem, cloud: "AWS" });
  if (endpointUrl === null && !environment["AWS_ENDPOINT_URL_STS"] && !environment["AWS_ENDPOINT_URL"]) throw fault;
  terminal.warn(fault.message);
}
