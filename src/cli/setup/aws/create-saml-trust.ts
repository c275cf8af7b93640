import { resolve } from "node:path";
import { Fault } from "../../../core/fault.ts";
import { parseDuration } from "../../../core/time.ts";
import { applyPlan } from "../../../flows/apply-plan.ts";
import { reading } from "../../../platform/file-faults.ts";
import { readPlainText } from "../../../platform/plain-file.ts";
import { samlAdminPolicy } from "../../../setup/aws/admin-rights.ts";
import { type SamlTrust, samlProviderArn, wantedSamlSteps } from "../../../setup/aws/saml-trust.ts";
import { checkRole, parseTags } from "../../../setup/aws/trust-wishes.ts";
import type { Plan } from "../../../setup/plan.ts";
import { planOwnSteps } from "../../../setup/planned-step.ts";
import type { Context } from "../../command.ts";
import { agreedPlan } from "../plan-report.ts";
import { requireIdentity } from "../require-identity.ts";
import { openAccount, regionOfSetup } from "./account.ts";
import type { AwsSetupFlags } from "./flags.ts";
import { planProfiles, profileNameOf } from "./join-profile.ts";
import { type PrintableTrust, printTrust } from "./print-trust.ts";
import { proveTrust } from "./prove-trust.ts";
import { reportTrust } from "./report-trust.ts";
import { readRoleWishes } from "./role-wishes.ts";
import { samlOf } from "./saml-flags.ts";
import { issuerOf } from "./trusted-people.ts";

/** `setup aws --policy-arn --saml-metadata`: makes a SAML provider and a role in IAM, and lets AWS tools use it. */
export async function createSamlTrust(metadataFile: string, flags: AwsSetupFlags, context: Context): Promise<number> {
  const { compose, environment, output } = context;
  const name = await requireIdentity(flags.identity, context);
  const { entry, identity } = await compose.identity(name);
  if (entry.kind !== "oidc") {
    throw new Fault("USAGE_INVALID", `assertions are for people who sign in, and ${name} is of kind ${entry.kind}`);
  }
  const issuer = issuerOf(await identity.describe(), name);
  const region = regionOfSetup(flags, environment);
  const { accountId: account, partition } = await (await openAccount(flags, region, context)).account.caller();
  const owner = `${name}@${issuer.replace(/^https:\/\//, "")}`;
  const metadata = readMetadata(resolve(context.workingFolder, metadataFile));
  const trust: SamlTrust = { account, partition, region, owner, metadata, ...readWishes(flags) };
  const printed = await printTrust(flags, printableSaml(trust));
  if (printed !== null) {
    output(printed);
    return 0;
  }
  const plans = await compose.plans();
  const steps = await planOwnSteps(wantedSamlSteps(trust), plans.provisionerFor);
  const roleArn = `arn:${partition}:iam::${account}:role/${trust.role}`;
  const { profile, program, "endpoint-url": endpointUrl = null } = flags;
  const saml = { ...samlOf(flags), providerArn: samlProviderArn(trust) };
  const profiles = await planProfiles(
    {
      profile,
      program,
      roleArn,
      region: flags.region ?? null,
      defaultRegion: region,
      endpointUrl,
      source: { identity: name },
      saml,
    },
    plans,
    context,
  );
  const title = `the account ${account} trusts assertions for the identity ${name}`;
  const plan: Plan = { ...profiles, title, steps: [...steps, ...profiles.steps] };
  if (!(await agreedPlan(plan, flags, plans, context))) return 0;
  await applyPlan(plan, plans);
  compose.reread();
  const made = profileNameOf(profiles);
  // The administrator need not be one of those who may sign in.
  const waitSeconds = flags.wait === undefined ? 0 : parseDuration(flags.wait, { min: 0, max: 3600, where: "--wait" });
  const caller = await proveTrust({ issuer, device: null, profile: made, waitSeconds }, context);
  reportTrust({ plan, issuer, bucket: null, tokenIssuer: null, roleArn, profile: made, caller }, flags, context);
  return 0;
}

function printableSaml(trust: SamlTrust): PrintableTrust {
  const load = () => import("../../../setup/aws/by-hand/saml-resources.ts");
  return {
    adminPolicy: () => samlAdminPolicy(trust),
    template: async () => (await load()).samlTemplate(trust),
    resources: async () => (await load()).samlResources(trust),
  };
}

function readWishes(flags: AwsSetupFlags): Omit<SamlTrust, "account" | "partition" | "region" | "owner" | "metadata"> {
  const { "saml-provider": provider = "brevet", "allow-group": groups } = flags;
  if (!/^[\w.-]{1,128}$/.test(provider)) throw new Fault("NAME_INVALID", `--saml-provider "${provider}" is no name of IAM`);
  const wishes = readRoleWishes(flags, "brevet-people-role");
  checkRole(wishes);
  const subjects = [...flags["allow-email"], ...flags["allow-subject"], ...flags["allow-domain"].map((domain) => `*@${domain}`)];
  const useless = [...subjects, ...groups].find((value) => !/^[^\s"\\$?]{1,255}$/.test(value) || /^[*@.]*$/.test(value));
  if (useless !== undefined) throw new Fault("NAME_INVALID", `"${useless}" cannot stand in a trust policy`);
  const { roleName: role, policyArns, permissionsBoundary, maxSessionSeconds, tags } = wishes;
  return { provider, role, policyArns, permissionsBoundary, maxSessionSeconds, subjects, groups, tags: parseTags(tags) };
}

/** @throws {Fault} `FILE_UNREADABLE`, `CONFIG_MALFORMED` for a file that is not a provider's metadata. */
function readMetadata(file: string): string {
  const text = reading(file, () => readPlainText(file), `the metadata ${file}`);
  // IAM User Guide, id_roles_providers_create_saml: 1,000 to 10,000,000 characters; IAM checks the rest itself.
  if (text.length >= 1000 && /<(\w+:)?IDPSSODescriptor[\s>]/.test(text)) return text;
  throw new Fault("CONFIG_MALFORMED", `${file} is not the metadata of a SAML provider`, {
    hints: ["download what the provider publishes of itself: `curl --output metadata.xml URL`"],
  });
}
