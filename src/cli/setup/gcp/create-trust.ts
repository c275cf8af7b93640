import { Fault } from "../../../core/fault.ts";
import { shellCommand } from "../../../core/shell-command.ts";
import { parseDuration } from "../../../core/time.ts";
import { applyPlan, type PlanPorts } from "../../../flows/apply-plan.ts";
import { requireKeys } from "../../../flows/generate-issuer.ts";
import { jsonPage } from "../../../platform/terminal/json-page.ts";
import { planJson } from "../../../setup/diff.ts";
import { type GcpAccount, type GcpTrust, trustedProvider, wantedSteps } from "../../../setup/gcp/plan-trust.ts";
import type { GoogleAdministration, GoogleProject } from "../../../setup/gcp/project.ts";
import { accountEmail, accountIdOf, poolIdOf } from "../../../setup/gcp/trust-names.ts";
import { changesOf, type Plan, type Step } from "../../../setup/plan.ts";
import { planOwnSteps } from "../../../setup/planned-step.ts";
import { placeOfKeys } from "../../../setup/trusted-keys.ts";
import { parseProject, parseServiceAccount } from "../../../wire/google/names.ts";
import type { Context } from "../../command.ts";
import { planIssuer, publishDevice } from "../../device/publish-device.ts";
import type { OpenDevice } from "../../identity-kinds.ts";
import { agreedPlan } from "../plan-report.ts";
import { proveProfile } from "../prove-profile.ts";
import { requireIdentity } from "../require-identity.ts";
import type { GcpSetupFlags } from "./flags.ts";
import { planProfile, profileNameOf, sayHowToUse } from "./join-profile.ts";
import { openTrustee } from "./trustee.ts";

/** `setup gcp --project`: creates what Google Cloud needs to trust an identity, and lets Google's tools use it. */
export async function createTrust(project: string, flags: GcpSetupFlags, context: Context): Promise<number> {
  const { compose, terminal } = context;
  const account = accountWish(flags);
  const waitSeconds = parseDuration(flags.wait ?? "7m", { min: 0, max: 3600, where: "--wait" });
  const profile = profileNameOf(flags);
  const names = namesIn(flags);
  parseProject(project, "--project");
  terminal.say(`looking at what is in the project ${project}`);
  const identity = await requireIdentity(flags.identity, context);
  const trustee = await openTrustee(identity, flags, context);
  const google = await compose.googleAdministration();
  const found = await google.project(project);
  await requireServices(found, account, google);
  const trust: GcpTrust = {
    ...trustee,
    project: found,
    pool: names.pool ?? poolIdOf(trustee.owner),
    provider: names.provider ?? "brevet",
    account:
      account === "made"
        ? { kind: "made", email: accountEmail(names.account ?? accountIdOf(trustee.owner), found.projectId) }
        : account,
    roles: names.roles,
  };
  const plans = await compose.plans();
  const { device } = trustee;
  const plan = await planWhole(trust, { identity, flags, device }, plans, context);
  if (!(await agreedPlan(plan, flags, plans, context))) return 0;

  if (device !== null) await requireKeys(identity, device.signer);
  // What is made first is where the keys are published, and what is written last leads there.
  const [inCloud, here] = [plan.steps.filter(isInCloud), plan.steps.filter((step) => !isInCloud(step))];
  await applyPlan({ ...plan, steps: inCloud }, plans, "more");
  const upload = uploadOf(inCloud);
  if (device !== null && upload !== null) await publishDevice(device, trust.issuer, upload, context);
  await applyPlan({ ...plan, steps: here }, plans);
  compose.reread();
  // The administrator need not be one of those who may come in.
  const isToTry = trust.subject !== null || flags.wait !== undefined;
  const proven = await proveProfile(
    { profile, cloud: "Google", purpose: "brevet setup gcp", waitSeconds: isToTry ? waitSeconds : 0 },
    context,
  );
  report(trust, { plan, profile, proven, json: flags.json }, context);
  return 0;
}

/** @throws {Fault} `NAME_INVALID` */
function accountWish({ "service-account": email, direct }: GcpSetupFlags): GcpAccount | "made" {
  if (direct) return { kind: "none" };
  return email === undefined ? "made" : { kind: "joined", email: parseServiceAccount(email, "--service-account") };
}

interface NameForm {
  readonly pattern: RegExp;
  readonly form: string;
}

const POOL: NameForm = {
  pattern: /^(?!gcp-)[a-z0-9-]{4,32}$/,
  form: "4 to 32 of a-z, 0-9 and -, and does not begin with gcp-",
};
const ACCOUNT: NameForm = {
  pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  form: "6 to 30 of a-z, 0-9 and -, begins with a letter and does not end with -",
};
const ROLE: NameForm = {
  pattern: /^(projects\/[^/]+\/|organizations\/\d+\/)?roles\/[\w.]+$/,
  form: "written as `roles/viewer`, one of your own as `projects/ID/roles/NAME` or `organizations/NUMBER/roles/NAME`",
};

/** The names that were given, held to what Google takes before it is asked; null: the usual one. @throws {Fault} `NAME_INVALID` */
function namesIn({ pool, "provider-id": provider, "service-account-id": account, role }: GcpSetupFlags) {
  const given = (text: string | undefined, form: NameForm, flag: string): string | null =>
    text === undefined ? null : named(text, form, flag);
  return {
    pool: given(pool, POOL, "--pool"),
    provider: given(provider, POOL, "--provider-id"),
    account: given(account, ACCOUNT, "--service-account-id"),
    roles: role.map((one) => named(one, ROLE, "--role")),
  };
}

/** @throws {Fault} `NAME_INVALID` */
function named(text: string, { pattern, form }: NameForm, flag: string): string {
  if (pattern.test(text)) return text;
  // Google's console shows a role of its own as "Viewer".
  const role =
    flag === "--role" && /^[\w.]+$/.test(text)
      ? `\`${shellCommand`--role roles/${text.charAt(0).toLowerCase() + text.slice(1)}`}\` is Google's own of that name`
      : null;
  throw new Fault("NAME_INVALID", `${JSON.stringify(text)} is nothing that ${flag} could be`, {
    hints: [role ?? `it is ${form}`],
  });
}

/** Google would tell of one after the other, and of those for the tokens only after everything was made. @throws {Fault} `API_DISABLED` */
async function requireServices(
  { projectId }: GoogleProject,
  account: GcpAccount | "made",
  google: GoogleAdministration,
): Promise<void> {
  const direct = account !== "made" && account.kind === "none";
  const needed = ["iam.googleapis.com", "sts.googleapis.com", ...(direct ? [] : ["iamcredentials.googleapis.com"])];
  const disabled = await google.disabledServices(projectId, needed);
  if (disabled.length === 0) return;
  throw new Fault("API_DISABLED", `the project ${projectId} has not turned on ${disabled.join(", ")}`, {
    hints: [`turn it on: \`${shellCommand`gcloud services enable ${disabled} --project=${projectId}`}\`; it takes some minutes`],
    details: { services: disabled },
  });
}

interface WholeWish {
  readonly identity: string;
  readonly flags: GcpSetupFlags;
  readonly device: OpenDevice | null;
}

function isInCloud({ kind }: Step): boolean {
  return kind.startsWith("gcp-");
}

/** Where the keys are uploaded, in the words of `issuer publish --to`; null where none are. */
function uploadOf(steps: readonly Step[]): string | null {
  return steps.map((step) => placeOfKeys(step, {})).find((place) => place !== null) ?? null;
}

async function planWhole(
  trust: GcpTrust,
  { identity, flags, device }: WholeWish,
  plans: PlanPorts,
  context: Context,
): Promise<Plan> {
  const steps = await planOwnSteps(wantedSteps(trust), plans.provisionerFor);
  const { account, project, issuer, allowedAudiences } = trust;
  const serviceAccount = account.kind === "none" ? undefined : account.email;
  const audience = flags.audience ?? allowedAudiences[0];
  const profiles = await planProfile(
    {
      identity,
      provider: trustedProvider(trust),
      serviceAccount,
      flags: { ...flags, project: project.projectId, audience },
    },
    plans,
    context,
  );
  const upload = uploadOf(steps);
  const isUploaded = device !== null && upload !== null;
  const issuerSteps = isUploaded ? [await planIssuer({ identity, issuer, word: upload }, plans, context)] : [];
  return {
    ...profiles,
    title: `the project ${project.projectId} trusts the identity ${identity}`,
    steps: [...steps, ...issuerSteps, ...profiles.steps],
  };
}

interface Outcome {
  readonly plan: Plan;
  readonly profile: string;
  /** Whether Google took a token. */
  readonly proven: boolean;
  readonly json: boolean;
}

function report(trust: GcpTrust, { plan, profile, proven, json }: Outcome, context: Context): void {
  const { output, terminal } = context;
  const provider = trustedProvider(trust);
  const serviceAccount = trust.account.kind === "none" ? null : trust.account.email;
  if (json) {
    const outcome = { ...(planJson(plan) as object), issuer: trust.issuer, provider, serviceAccount, profile, proven };
    output(jsonPage(outcome));
    return;
  }
  const lines = [
    ["Issuer URL", trust.issuer],
    ["Provider", provider],
    ["Account", serviceAccount],
    ["Profile", profile],
  ] as const;
  output(lines.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(12)}${value}\n`])).join(""));
  terminal.say(changesOf(plan).length === 0 ? "everything was as it should be" : "Google Cloud setup complete");
  sayHowToUse(plan, profile, trust.project.projectId, context);
}
