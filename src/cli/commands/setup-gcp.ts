import { dirname, join } from "node:path";
import { Fault } from "../../core/fault.ts";
import { applyPlan, type PlanPorts } from "../../flows/apply-plan.ts";
import { describePlan, planJson } from "../../setup/diff.ts";
import { type JoinGcpPresent, planJoinGcp } from "../../setup/join-gcp.ts";
import { changesOf } from "../../setup/plan.ts";
import { type Context, defineCommand, type FlagValues } from "../command.ts";
import { profilesOfRecords } from "../profiles-of-records.ts";
import { selectIdentity } from "../select.ts";
import { writtenProgram } from "../written-program.ts";

const flags = {
  provider: { kind: "text", value: "NAME", doc: "the workload identity provider that exists, by its resource name" },
  "service-account": {
    kind: "text",
    value: "EMAIL",
    doc: "the service account to act as; default: the federated identity itself",
  },
  duration: { kind: "text", value: "TIME", doc: "how long a service account's token lives, 10m to 12h; default 1h" },
  scope: { kind: "texts", value: "SCOPE", doc: "a scope of the token; default: cloud-platform" },
  project: { kind: "text", value: "ID", doc: "the project that `env` and `exec` set; default: none" },
  audience: { kind: "text", value: "AUD", doc: "one of the provider's allowed audiences, where it lists some" },
  profile: { kind: "text", value: "NAME", short: "p", doc: "the name of the profile; default: gcp" },
  identity: { kind: "text", value: "NAME", doc: "the identity that proves it; default: the only one" },
  program: { kind: "text", value: "FILE", doc: "the brevet that Google's tools run; default: the one that runs now" },
  "dry-run": { kind: "switch", doc: "show what would be done and do nothing" },
  json: { kind: "switch", doc: "print the plan as JSON" },
} as const;

export const command = defineCommand({
  path: "setup gcp",
  summary: "give Google's tools a profile of a workload identity provider",
  description: [
    "Adds a profile to brevet's config, and a credential file beside it that gcloud and Google's libraries read. The file holds",
    "no secret: it names the provider and the command that gives them a token. `brevet unsetup` takes both away again.",
  ].join("\n"),
  flags,
  examples: [
    {
      line: "brevet setup gcp --provider projects/123456789012/locations/global/workloadIdentityPools/brevet/providers/laptop",
      does: "then: gcloud auth login --cred-file=FILE, with the file that it names",
    },
  ],
  async run({ flags }, context) {
    const { compose, terminal, output, errorOutput, paths } = context;
    const plans = await compose.plans();
    const name = flags.profile ?? "gcp";
    const profile = profileOf(flags);
    // Raises what is wrong with the values before anything is planned.
    const settings = await compose.gcpSettings(name, profile);
    const plan = planJoinGcp(
      {
        name,
        // By its name even if it is the only one: a second identity must not make the profile ambiguous.
        identity: selectIdentity(await compose.config(), flags.identity).name,
        profile,
        program: writtenProgram(flags.program, context),
        ...settings,
      },
      await lookAround(name, context, plans),
    );
    if (flags.json) output(`${JSON.stringify(planJson(plan), null, 2)}\n`);
    if (flags["dry-run"]) {
      if (!flags.json) output(`${describePlan(plan)}\n`);
      return 0;
    }
    if (!flags.json && changesOf(plan).length > 0) errorOutput(`${describePlan(plan)}\n`);
    await applyPlan(plan, plans);
    terminal.say(changesOf(plan).length === 0 ? "everything was as it should be" : `the profile ${name} is ready`);
    const file = credentialFile(paths.configFile, name);
    terminal.say(`for gcloud: GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1 gcloud auth login --cred-file=${file}`);
    terminal.say(`for programs: GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1 GOOGLE_APPLICATION_CREDENTIALS=${file}`);
    terminal.say(`take it away: brevet unsetup ${plan.id}`);
    return 0;
  },
});

function profileOf(given: FlagValues<typeof flags>): Readonly<Record<string, unknown>> {
  if (given.provider === undefined) {
    throw new Fault("USAGE_INVALID", "`brevet setup gcp` needs --provider", {
      hints: ["list them: `gcloud iam workload-identity-pools providers list --location=global --workload-identity-pool=POOL`"],
    });
  }
  const block = {
    provider: given.provider.replace(/^(https:)?\/\/iam\.googleapis\.com\//, ""),
    serviceAccount: given["service-account"],
    duration: given.duration,
    scopes: given.scope.length === 0 ? undefined : given.scope,
    project: given.project,
    audience: given.audience,
  };
  return Object.fromEntries(Object.entries(block).filter(([, value]) => value !== undefined));
}

function credentialFile(configFile: string, profile: string): string {
  return join(dirname(configFile), "google", `${profile}.json`);
}

async function lookAround(name: string, { paths }: Context, plans: PlanPorts): Promise<JoinGcpPresent> {
  const file = credentialFile(paths.configFile, name);
  const read = async (kind: string, address: { readonly file: string }) =>
    (await plans.provisionerFor(kind)).read({ kind, address: { ...address, profile: name } });
  const { state } = await read("brevet-profile", { file: paths.configFile });
  const made = await profilesOfRecords(plans.records);
  return {
    brevetConfigFile: paths.configFile,
    brevetProfile: { state, owner: state === null ? "nobody" : made.has(name) ? "ours" : "theirs" },
    credentialFile: file,
    credential: await read("google-credential-file", { file }),
  };
}
