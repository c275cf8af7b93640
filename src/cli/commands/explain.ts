import { EXIT } from "../../core/exit.ts";
import { Fault } from "../../core/fault.ts";
import type { Cell } from "../../core/terminal.ts";
import { visibleLine } from "../../core/visible.ts";
import { jsonPage } from "../../platform/terminal/visible.ts";
import type { Explained } from "../../trust/explained.ts";
import type { Finding } from "../../trust/verdict.ts";
import type { Config } from "../../wire/brevet-config/config.ts";
import { parseWebIdentityEvent, type WebIdentityEvent } from "../../wire/cloudtrail/web-identity-event.ts";
import { type Context, defineCommand } from "../command.ts";
import { explainAws } from "../explain-aws.ts";
import { azureTrustFiles, azureTrustLive, explainAzure } from "../explain-azure.ts";
import { explainGcp } from "../explain-gcp.ts";
import { gcpTrustFiles, gcpTrustLive } from "../gcp-trust-source.ts";
import { EXPLAINED_EXCHANGES } from "../profile-checks.ts";
import { reachFlags, reachOf } from "../reach-flags.ts";
import { readGivenFile } from "../read-given-file.ts";
import { selectProfile } from "../select.ts";
import { trustFlags, trustSourceOf } from "../trust-sources.ts";

export const command = defineCommand({
  path: "explain",
  summary: "why a cloud refuses a profile, and what mends it",
  description: [
    "Lays the token that this machine makes beside the trust that it meets: the issuer's documents, the OIDC provider, the role's",
    "trust policy, each action that the token needs. It names the statement and the field that decide, and prints the command or the",
    "line of the policy that mends it. AWS's own message tells none of this: it is the same for a missing role and a wrong subject.",
    "The exit status is 5 if something refuses.",
  ].join("\n"),
  positionals: [{ name: "PROFILE", doc: "the profile; default: $BREVET_PROFILE, else the only one", required: false }],
  flags: {
    ...trustFlags,
    event: { kind: "text", value: "FILE", doc: "explain this call, as CloudTrail recorded it; - is stdin" },
    ...reachFlags,
    json: { kind: "switch", doc: "print every finding as JSON" },
  },
  examples: [
    {
      line: "brevet explain dev --trust role.json --provider provider.json",
      does: "with what `aws iam get-role` and its like print",
    },
    { line: "brevet explain dev --live", does: "as an administrator of the account, project or tenant" },
    { line: "brevet explain dev --sandbox", does: "why the sandbox refuses" },
    { line: "brevet explain dev --trust role.json --event -", does: "a refusal that CloudTrail recorded, pasted" },
  ],
  async run({ flags, words }, context) {
    const { compose, environment, output } = context;
    const event = flags.event === undefined ? null : parseWebIdentityEvent(readGivenFile(flags.event), flags.event);
    const config = await compose.config();
    const named = words["PROFILE"] ?? profileOf(event, config);
    const { name: profile, exchange } = selectProfile(config, named, environment);
    const reach = reachOf(flags);
    if (flags.live && [...flags.trust, ...flags.provider].length > 0)
      throw new Fault("USAGE_INVALID", "--live reads the trust from the cloud, and from nowhere else");
    const gcpTrust = async () =>
      flags.live ? gcpTrustLive(await compose.googleAdministration()) : gcpTrustFiles(flags.provider, flags.trust);
    const azureTrust = async () =>
      flags.live ? azureTrustLive(await compose.azureAdministration()) : azureTrustFiles(flags.provider);
    // Files are those of the profile's own cloud, but that a service account's policy and a role's are given by one flag.
    const chain = { ...flags, provider: [], trust: exchange === "azure" ? flags.trust : [] };
    const awsTrust = () => trustSourceOf(chain, context);
    const explained = await explainBy(exchange, {
      aws: async () => explainAws({ profile, source: await trustSourceOf(flags, context), event, reach }, context),
      gcp: async () => explainGcp({ profile, trust: await gcpTrust(), reach, awsTrust }, context),
      azure: async () => explainAzure({ profile, trust: await azureTrust(), reach, awsTrust }, context),
    });
    const refusal = explained.find(({ verdict }) => verdict.outcome === "refused");
    const outcome = refusal !== undefined ? "refused" : explained.every(isAllowed) ? "allowed" : "unknown";
    if (flags.json) output(jsonPage({ profile, outcome, cause: refusal?.asks ?? null, explained }));
    else await report(explained, refusal ?? null, context);
    return refusal === undefined ? EXIT.done : EXIT.refused;
  },
});

type Explainers = Readonly<Record<(typeof EXPLAINED_EXCHANGES)[number], () => Promise<readonly Explained[]>>>;

async function explainBy(exchange: string, explainers: Explainers): Promise<readonly Explained[]> {
  const known = EXPLAINED_EXCHANGES.find((one) => one === exchange);
  if (known !== undefined) return explainers[known]();
  throw new Fault("USAGE_INVALID", `the profile is for ${exchange}, and explain knows ${EXPLAINED_EXCHANGES.join(", ")}`);
}

function isAllowed({ verdict }: Explained): boolean {
  return verdict.outcome === "allowed";
}

/** The profile of the role that the event asked for. */
function profileOf(event: WebIdentityEvent | null, { profiles }: Config): string | undefined {
  if (event === null) return undefined;
  return [...profiles.values()].find(({ options }) => options["roleArn"] === event.roleArn)?.name;
}

async function report(explained: readonly Explained[], refusal: Explained | null, { output, terminal }: Context): Promise<void> {
  output(await terminal.table(["what", "verdict", "because"], explained.flatMap(rows)));
  const doubts = explained.filter(({ verdict }) => verdict.outcome === "unknown");
  if (refusal !== null) {
    output(`\n${lines({ ...refusal, asks: `cause: ${refusal.asks}` }).join("")}`);
  } else if (doubts.length > 0) {
    output(`\nnothing refuses it, and this is not known:\n${doubts.flatMap(lines).join("")}`);
  } else {
    terminal.say("nothing refuses this sign-in; what it may do then is decided by the role's permissions, not by its trust");
  }
}

function lines({ asks, mend }: Explained): readonly string[] {
  return [asks, ...mend.map((line) => `  ${line}`)].map((line) => `${visibleLine(line)}\n`);
}

const TONES = { allowed: "good", refused: "bad", unknown: "warn" } as const;

function rows({ asks, verdict }: Explained): readonly (readonly Cell[])[] {
  const reasons = verdict.outcome === "allowed" ? [verdict.because] : verdict.because;
  return reasons.map((finding, index) => [
    { text: index === 0 ? asks : "" },
    index === 0 ? { text: verdict.outcome, tone: TONES[verdict.outcome] } : { text: "" },
    { text: sentence(finding, asks, verdict.outcome) },
  ]);
}

/** What was seen stands there where the meaning does not name it: a status, a list of providers. */
function sentence({ at, meaning, saw }: Finding, asks: string, outcome: Explained["verdict"]["outcome"]): string {
  const seen = saw === null || outcome === "allowed" || saw.some((one) => meaning.includes(one)) ? "" : ` (${saw.join(", ")})`;
  return `${at === asks ? "" : `${at}: `}${meaning}${seen.length > 200 ? "" : seen}`;
}
