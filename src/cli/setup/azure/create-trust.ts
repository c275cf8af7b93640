import { Fault } from "../../../core/fault.ts";
import { placeIn } from "../../../core/place.ts";
import { shellCommand } from "../../../core/shell-command.ts";
import { takeCommand } from "../../../core/shell-variables.ts";
import { parseDuration } from "../../../core/time.ts";
import { applyPlan, type PlanPorts } from "../../../flows/apply-plan.ts";
import { jsonPage } from "../../../platform/terminal/json-page.ts";
import type { AzureAdministration, Subscription } from "../../../setup/azure/directory.ts";
import { type AzurePrincipal, type AzureTrust, wantedSteps } from "../../../setup/azure/plan-trust.ts";
import { trustName } from "../../../setup/azure/trust-names.ts";
import { configStep } from "../../../setup/config-entry.ts";
import { planJson } from "../../../setup/diff.ts";
import { changesOf, type Plan, type Step } from "../../../setup/plan.ts";
import { planOwnSteps } from "../../../setup/planned-step.ts";
import type { PlanRecord } from "../../../setup/record.ts";
import { parseGuid, parseLocation, parseResourceGroup, parseRoleScope } from "../../../wire/azure/names.ts";
import { requireName } from "../../../wire/brevet-config/require-name.ts";
import type { Context } from "../../command.ts";
import { agreedPlan } from "../plan-report.ts";
import { entryReader } from "../present-entries.ts";
import { proveProfile } from "../prove-profile.ts";
import type { AzureSetupFlags } from "./flags.ts";
import { type AzureTrustee, openTrustee } from "./trustee.ts";

const AUDIENCE = "api://AzureADTokenExchange";
/** In a plan, for what has no id before it is made. */
const NOT_YET = "00000000-0000-0000-0000-000000000000";

/** `setup azure`: creates what Entra ID needs to trust an identity, and adds a profile of it. */
export async function createTrust(flags: AzureSetupFlags, context: Context): Promise<number> {
  const { compose, terminal } = context;
  const waitSeconds = parseDuration(flags.wait ?? "7m", { min: 0, max: 3600, where: "--wait" });
  profileNameOf(flags);
  checkNames(flags);
  terminal.say("looking at what is in Entra ID and Azure");
  const trustee = await openTrustee(flags, context);
  const azure = await compose.azureAdministration();
  const { trust, subscription } = await findTrust(trustee, flags, azure);
  const plans = await compose.plans();
  const inCloud = await planOwnSteps(wantedSteps(trust), plans.provisionerFor);
  const profile = (clientId: string) => planProfile({ trust, trustee, subscription, flags, clientId }, plans, context);
  const known = trust.principal.kind === "joined" ? trust.principal.clientId : await knownClientId(inCloud, plans);
  const whole: Plan = {
    id: planIdOf(flags),
    title: `the tenant ${trust.tenantId} trusts ${trustee.name}`,
    steps: [...inCloud, await profile(known ?? NOT_YET)],
  };
  if (!(await agreedPlan(whole, flags, plans, context))) return 0;

  const record = await applyPlan({ ...whole, steps: inCloud }, plans, "more");
  const clientId = trust.principal.kind === "joined" ? trust.principal.clientId : clientIdIn(record);
  await applyPlan({ ...whole, steps: [await profile(clientId)] }, plans);
  compose.reread();
  const isDevice = "via" in trustee.source || trust.owner === trust.subject;
  const isToTry = isDevice || flags.wait !== undefined;
  const proven = await proveProfile(
    { profile: profileNameOf(flags), cloud: "Entra ID", purpose: "brevet setup azure", waitSeconds: isToTry ? waitSeconds : 0 },
    context,
  );
  report({ trust, whole, clientId, proven }, flags, context);
  return 0;
}

/** What Azure would refuse after the first steps, or look for elsewhere. @throws {Fault} `NAME_INVALID` */
function checkNames({ name, "client-id": clientId, "resource-group": group, location, scope }: AzureSetupFlags): void {
  if (name !== undefined) parseName(name);
  if (clientId !== undefined) parseGuid(clientId, "--client-id");
  if (group !== undefined) parseResourceGroup(group, "--resource-group");
  if (location !== undefined) parseLocation(location, "--location");
  if (scope !== undefined) parseRoleScope(scope, "--scope");
}

interface FoundTrust {
  readonly trust: AzureTrust;
  /** null where none is needed. */
  readonly subscription: Subscription | null;
}

async function findTrust(trustee: AzureTrustee, flags: AzureSetupFlags, azure: AzureAdministration): Promise<FoundTrust> {
  const name = parseName(flags.name ?? trustName(trustee.owner));
  const isManaged = flags["resource-group"] !== undefined;
  const needsSubscription = isManaged || flags.role.length > 0 || flags.subscription !== undefined;
  const subscription = needsSubscription ? await findSubscription(flags, azure) : null;
  const tenantId = isManaged && subscription !== null ? subscription.tenantId : await azure.tenantId();
  if (subscription !== null && subscription.tenantId !== tenantId) {
    throw new Fault(
      "ACCOUNT_MISMATCH",
      `the subscription ${subscription.id} is of the tenant ${subscription.tenantId}, and you are signed in to ${tenantId}`,
      {
        hints: [`sign in there: \`${shellCommand`az login --tenant ${subscription.tenantId}`}\``],
      },
    );
  }
  const scope = flags.scope === undefined ? `/subscriptions/${subscription?.id}` : parseRoleScope(flags.scope, "--scope");
  const roles = [];
  for (const role of flags.role) roles.push({ role, scope, definitionId: await findRole(role, scope, azure) });
  const { owner, issuer, subject } = trustee;
  const principal = await findPrincipal(name, flags, subscription, azure);
  const credential = principal.kind === "joined" ? trustName(owner) : "brevet";
  const audience = flags.audience ?? AUDIENCE;
  return { subscription, trust: { tenantId, owner, principal, credential, issuer, subject, audience, roles } };
}

async function findPrincipal(
  name: string,
  { "client-id": clientId, "resource-group": resourceGroup, location = "" }: AzureSetupFlags,
  subscription: Subscription | null,
  azure: AzureAdministration,
): Promise<AzurePrincipal> {
  if (resourceGroup !== undefined && subscription !== null)
    return { kind: "managed", name, subscriptionId: subscription.id, resourceGroup, location };
  if (clientId === undefined) return { kind: "made", name };
  const found = await azure.application(clientId);
  if (found !== null) return { kind: "joined", clientId, ...found };
  throw new Fault("RESOURCE_FAILED", `the tenant has no application with the client id ${clientId}`, {
    hints: ["`az ad app list --query '[].{id:appId, name:displayName}'` lists them"],
  });
}

async function findSubscription({ subscription: wanted }: AzureSetupFlags, azure: AzureAdministration): Promise<Subscription> {
  const all = await azure.subscriptions();
  const [only, ...more] = all;
  const found =
    wanted === undefined ? (more.length === 0 ? only : undefined) : all.find(({ id, name }) => [id, name].includes(wanted));
  if (found !== undefined) return found;
  const known = all.map(({ id, name }) => `${name}: \`--subscription ${id}\``);
  const message =
    wanted === undefined ? `you see ${all.length} subscriptions, so say which` : `you see no subscription ${wanted}`;
  throw new Fault("USAGE_INVALID", message, { hints: known.length === 0 ? ["sign in to one: `az login`"] : known.slice(0, 10) });
}

async function findRole(role: string, scope: string, azure: AzureAdministration): Promise<string> {
  const found = await azure.roleDefinition(role, scope);
  if (found !== null) return found;
  throw new Fault("RESOURCE_FAILED", `there is no role "${role}" at ${scope}`, {
    hints: [`\`${shellCommand`az role definition list --scope ${scope} --query '[].roleName'`}\` lists them`],
  });
}

/** @throws {Fault} `NAME_INVALID` */
function parseName(name: string): string {
  if (/^[\w-]{3,120}$/.test(name)) return name;
  throw new Fault("NAME_INVALID", `${JSON.stringify(name)} cannot be the name of an app registration or of an identity`, {
    hints: ["give `--name` 3 to 120 letters, digits, dashes and underscores"],
  });
}

function profileNameOf({ profile }: AzureSetupFlags): string {
  return requireName(profile ?? "azure", "profile");
}

function planIdOf(flags: AzureSetupFlags): string {
  return `azure-${profileNameOf(flags)}`;
}

/** The client id of what an earlier run has made; null where it is yet to be made. */
async function knownClientId(steps: readonly Step[], plans: PlanPorts): Promise<string | null> {
  const holder = steps.find(isHolder);
  if (holder === undefined || holder.before === null) return null;
  const provisioner = await plans.provisionerFor(holder.kind);
  const kept = { ...holder, after: holder.before };
  // Applying what is there changes nothing, and tells its ids.
  return (await provisioner.apply(kept, { earlier: new Map(), progress: () => undefined }))["clientId"] ?? null;
}

function clientIdIn({ steps }: PlanRecord): string {
  return steps.find(({ step }) => isHolder(step))?.facts["clientId"] ?? NOT_YET;
}

function isHolder({ kind }: Pick<Step, "kind">): boolean {
  return kind === "azure-application" || kind === "azure-managed-identity";
}

interface ProfileWish extends FoundTrust {
  readonly trustee: AzureTrustee;
  readonly flags: AzureSetupFlags;
  readonly clientId: string;
}

async function planProfile(
  { trust, trustee, subscription, flags, clientId }: ProfileWish,
  plans: PlanPorts,
  context: Context,
): Promise<Step> {
  const { compose, paths } = context;
  const name = profileNameOf(flags);
  const block = {
    tenantId: trust.tenantId,
    clientId,
    ...(subscription === null ? {} : { subscriptionId: subscription.id }),
    ...(trust.audience === AUDIENCE || "via" in trustee.source ? {} : { audience: trust.audience }),
  };
  await compose.checkAzureBlock(block, placeIn(null, "the profile").withTyped({ audience: "--audience" }));
  const present = await (await entryReader(context, plans))("profile", name);
  const profile = { noun: "profile", name, value: { ...trustee.source, azure: block } } as const;
  return configStep(planIdOf(flags), paths.configFile, profile, present);
}

interface Outcome {
  readonly trust: AzureTrust;
  readonly whole: Plan;
  readonly clientId: string;
  /** Whether Entra ID took a token. */
  readonly proven: boolean;
}

function report({ trust, whole, clientId, proven }: Outcome, flags: AzureSetupFlags, { output, terminal }: Context): void {
  const profile = profileNameOf(flags);
  const { tenantId, issuer } = trust;
  if (flags.json) {
    output(jsonPage({ ...(planJson(whole) as object), issuer, tenantId, clientId, profile, proven }));
    return;
  }
  output(`Issuer URL  ${issuer}\nTenant      ${tenantId}\nClient ID   ${clientId}\nProfile     ${profile}\n`);
  terminal.say(changesOf(whole).length === 0 ? "everything was as it should be" : "Azure setup complete");
  terminal.say(`for programs with Azure's SDKs, and Terraform: \`brevet exec ${profile} -- PROGRAM\``);
  terminal.say(`for scripts: \`${takeCommand(`brevet env ${profile}`)}\`, then AZURE_ACCESS_TOKEN`);
  terminal.say(`undo it: \`brevet unsetup ${whole.id}\``);
}
