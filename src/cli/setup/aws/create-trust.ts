import { Fault } from "../../../core/fault.ts";
import { shellCommand } from "../../../core/shell-command.ts";
import { parseDuration } from "../../../core/time.ts";
import { applyPlan, type PlanPorts } from "../../../flows/apply-plan.ts";
import { requireKeys } from "../../../flows/generate-issuer.ts";
import type { AwsAccount, AwsCaller } from "../../../setup/aws/account.ts";
import { planTrustStack, type StackPlace, stackResource } from "../../../setup/aws/plan-trust.ts";
import { OWNER_TAG, stackParts } from "../../../setup/aws/trust-stack.ts";
import {
  checkWishes,
  stackTags,
  type TrustedIdentity,
  type TrustWishes,
  trustParameters,
} from "../../../setup/aws/trust-wishes.ts";
import type { Plan, Step } from "../../../setup/plan.ts";
import type { Present } from "../../../setup/provisioner.ts";
import { placeOfKeys } from "../../../setup/trusted-keys.ts";
import { requireName } from "../../../wire/brevet-config/require-name.ts";
import { isServedNowhere } from "../../../wire/issuer-documents/issuer-url.ts";
import type { Context } from "../../command.ts";
import { planChangeOfIssuer } from "../../device/change-of-issuer.ts";
import { planIssuer, publishDevice } from "../../device/publish-device.ts";
import type { OpenDevice } from "../../identity-kinds.ts";
import { agreedPlan } from "../plan-report.ts";
import { requireIdentity } from "../require-identity.ts";
import { openAccount, regionOfSetup } from "./account.ts";
import type { AwsSetupFlags } from "./flags.ts";
import { planProfiles, profileNameOf } from "./join-profile.ts";
import { printableStack, printTrust } from "./print-trust.ts";
import { proveTrust } from "./prove-trust.ts";
import { reportTrust, type TrustOutcome } from "./report-trust.ts";
import { readRoleWishes } from "./role-wishes.ts";
import { openTrustee } from "./trustee.ts";

/** `setup aws --policy-arn`: creates what AWS needs to trust an identity, and lets AWS tools use it. */
export async function createTrust(flags: AwsSetupFlags, context: Context): Promise<number> {
  const { compose, environment } = context;
  const wishes = readWishes(flags);
  if (flags.profile !== undefined) requireName(flags.profile, "profile");
  const waitSeconds = parseDuration(flags.wait ?? "5m", { min: 0, max: 3600, where: "--wait" });
  const region = regionOfSetup(flags, environment);
  const identity = await requireIdentity(flags.identity, context);
  const trustee = await openTrustee(identity, flags, context);
  const { account, isUnseen } = await openAccount(flags, region, context);
  const caller = await account.caller();
  const { partition } = caller;
  if (trustee.device !== null) requireCloudFront(caller, flags.hosting ?? flags.issuer);
  const plans = await compose.plans();
  const place: StackPlace = { account: caller.accountId, region, stack: wishes.stackName, owner: trustee.owner };
  const present = isUnseen ? UNSEEN : await (await plans.provisionerFor("aws-stack")).read(stackResource(place));
  const roleArn = `arn:${partition}:iam::${caller.accountId}:role/${wishes.roleName}`;
  const trusted = await trustee.trusted(present, account, roleArn);
  const stackStep = planStack(place, wishes, trusted, present);
  const printed = await printTrust(
    flags,
    printableStack({ parameters: trustParameters(wishes, trusted), tags: stackTags(wishes, trusted.owner), place, partition }),
  );
  if (printed !== null) {
    context.output(printed);
    return 0;
  }
  await requireRoom(wishes, place, account);
  const profiles = await planProfiles(
    {
      profile: flags.profile,
      program: flags.program,
      roleArn,
      region: flags.region ?? null,
      defaultRegion: region,
      endpointUrl: flags["endpoint-url"] ?? null,
      source: { identity },
      tokenAudience: flags["token-audience"] ?? null,
    },
    plans,
    context,
  );
  const change = await changeOfIssuer(trustee.device, trusted, { plan: profiles.id, stack: wishes.stackName }, flags, context);
  const changeSteps = change === null ? [] : [change.step];
  const whole: Plan = { ...profiles, title: titleOf(identity, caller), steps: [stackStep, ...changeSteps, ...profiles.steps] };
  if (!(await agreedPlan(whole, flags, plans, context))) return 0;
  if (trustee.device !== null) await requireKeys(identity, trustee.device.signer);

  const tokenIssuer = wishes.tokenAudience == null ? null : await account.enableOutboundFederation();
  const applied = await applyTrust({ whole, stackStep, profiles, trusted, device: trustee.device }, plans, context);
  compose.reread();
  const name = profileNameOf(profiles);
  // The administrator need not be one of those who may sign in.
  const isToTry = trustee.device !== null || flags.wait !== undefined;
  const proof = await proveTrust(
    { issuer: applied.issuer, device: trustee.device?.name ?? null, profile: name, waitSeconds: isToTry ? waitSeconds : 0 },
    context,
  );
  reportTrust({ ...applied, tokenIssuer, profile: name, roleArn, caller: proof, plan: whole }, flags, context);
  for (const command of change?.runAgain ?? []) context.terminal.warn(`to have the new issuer trusted too, run \`${command}\``);
  return 0;
}

/** null: the device keeps its issuer, or has none yet. @throws {Fault} `ISSUER_IN_USE` */
async function changeOfIssuer(
  device: OpenDevice | null,
  { issuer }: TrustedIdentity,
  { plan, stack }: { readonly plan: string; readonly stack: string },
  flags: AwsSetupFlags,
  context: Context,
) {
  const from = device?.options.issuer ?? null;
  if (device === null || from === null) return null;
  const isKept = issuer.kind === "joined" ? issuer.url === from : !isServedNowhere(from);
  if (isKept) return null;
  const to = issuer.kind === "joined" ? issuer.url : `what the stack ${stack} serves`;
  const wish = { isGiven: flags["change-issuer"], command: "brevet setup aws … --change-issuer" };
  return planChangeOfIssuer({ identity: device.name, from, to, plan, wish }, await context.compose.plans(), context);
}

/** What is not looked at has nothing. */
const UNSEEN: Present = { state: null, owner: "nobody" };

interface Trust {
  readonly whole: Plan;
  readonly stackStep: Step;
  readonly profiles: Plan;
  readonly trusted: TrustedIdentity;
  /** null: people's, or a build job's; others publish what proves them. */
  readonly device: OpenDevice | null;
}

/** The stack first: the later steps publish to and name what it makes. */
async function applyTrust(
  { whole, stackStep, profiles, trusted, device }: Trust,
  plans: PlanPorts,
  context: Context,
): Promise<Pick<TrustOutcome, "issuer" | "bucket">> {
  const record = await applyPlan({ ...whole, steps: [stackStep] }, plans, "more");
  const facts = record.steps.find(({ step }) => step.id === stackStep.id)?.facts ?? {};
  const { outputIssuer: made = "", outputBucket: bucket = null } = facts;
  const issuer = trusted.issuer.kind === "joined" ? trusted.issuer.url : made;
  const steps = device === null ? [] : [await settleDevice(device, issuer, placeOfKeys(stackStep, facts), plans, context)];
  await applyPlan({ ...whole, steps: [...steps, ...profiles.steps] }, plans);
  return { issuer, bucket };
}

/**
 * @throws {Fault} `USAGE_INVALID` in a partition without CloudFront, or where it serves nothing under a name of its own, unless
 *   another host was chosen.
 * @see AWS GovCloud (US) User Guide; Getting Started with Amazon Web Services in China, "Amazon CloudFront"
 */
function requireCloudFront({ partition }: AwsCaller, hosting: string | undefined): void {
  if (partition === "aws" || hosting !== undefined) return;
  throw new Fault("USAGE_INVALID", `no CloudFront distribution can serve the two files in the partition ${partition}`, {
    hints: ["let the bucket itself serve the two files: `--hosting s3`", "or serve them elsewhere: `--issuer URL`"],
  });
}

/** Publishes what is to be published. @returns the step that keeps it in the config. */
async function settleDevice(
  device: OpenDevice,
  issuer: string,
  word: string | null,
  plans: PlanPorts,
  context: Context,
): Promise<Step> {
  if (word !== null) await publishDevice(device, issuer, word, context);
  return planIssuer({ identity: device.name, issuer, word }, plans, context);
}

function readWishes(flags: AwsSetupFlags): TrustWishes {
  const wishes: TrustWishes = {
    ...readRoleWishes(flags, "brevet-device-role"),
    stackName: flags["stack-name"] ?? "brevet-infra",
    hosting: flags.hosting === "s3" ? "s3" : "cloudfront",
    pinRole: flags["pin-role"],
    bindSessionName: flags["bind-session-name"],
    tokenAudience: flags["token-audience"] ?? null,
  };
  checkWishes(wishes);
  return wishes;
}

function planStack(place: StackPlace, wishes: TrustWishes, trusted: TrustedIdentity, present: Present): Step {
  const parameters = trustParameters(wishes, trusted);
  const step = planTrustStack(place, { parameters, tags: stackTags(wishes, trusted.owner) }, present);
  const outbound =
    wishes.tokenAudience == null ? [] : ["tokens of the account's own issuer: turned on for the account, and left on"];
  return { ...step, parts: [...stackParts(parameters).map(({ does }) => does), ...outbound] };
}

/** What would make CloudFormation fail after minutes is asked before. @throws {Fault} `PLAN_CONFLICT`, `RESOURCE_FAILED` */
async function requireRoom(
  { policyArns, permissionsBoundary, roleName }: TrustWishes,
  place: StackPlace,
  account: AwsAccount,
): Promise<void> {
  for (const arn of [...policyArns, ...(permissionsBoundary === null ? [] : [permissionsBoundary])]) {
    if (await account.hasPolicy(arn)) continue;
    throw new Fault("RESOURCE_FAILED", `the account ${place.account} has no policy ${arn}`, {
      hints: ["`aws iam list-policies --scope Local` lists the account's own"],
      details: { policy: arn },
    });
  }
  const role = await account.role(roleName);
  if (role === null || role.tags[OWNER_TAG] === place.owner) return;
  const owner = role.tags[OWNER_TAG];
  const whose = owner === undefined ? "bears no mark of brevet" : `was made for ${owner}`;
  throw new Fault("PLAN_CONFLICT", `the role ${role.arn} ${whose}, and this is ${place.owner}, so it is left as it is`, {
    hints: [`give the new role another name: \`${shellCommand`--role-name ${`brevet-${place.owner}`.slice(0, 64)}`}\``],
    details: { role: role.arn },
  });
}

function titleOf(identity: string, { accountId, partition }: AwsCaller): string {
  return `the account ${accountId}${partition === "aws" ? "" : ` (${partition})`} trusts the identity ${identity}`;
}
