import { EXIT } from "../../core/exit.ts";
import { Fault } from "../../core/fault.ts";
import type { Cell } from "../../core/terminal.ts";
import { visibleLine } from "../../core/visible.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import type { Explained } from "../../trust/explained.ts";
import type { Finding } from "../../trust/verdict.ts";
import type { Config } from "../../wire/brevet-config/config.ts";
import { parseWebIdentityEvent, type WebIdentityEvent } from "../../wire/cloudtrail/web-identity-event.ts";
import { type Context, defineCommand } from "../command.ts";
import { EXPLAINED_EXCHANGES } from "../exchange-kinds.ts";
import { explainAws } from "../explain/aws.ts";
import { explainAzure } from "../explain/azure.ts";
import { explainGcp } from "../explain/gcp.ts";
import { explainTrial } from "../explain/trial.ts";
import { awsTrustOf, azureTrustOf, gcpTrustOf, trustFlags, trustPlaceOf } from "../explain/trust-sources.ts";
import { reachFlags, reachOf } from "../flags/reach-flags.ts";
import { readGivenFile } from "../flags/read-given-file.ts";
import { selectProfile } from "../select.ts";

export const command = defineCommand({
  path: "explain",
  description: [
    "Compares the token that this machine makes with the trust that it meets: the issuer's documents, the OIDC provider, the role's",
    "trust policy, each action that the token needs. It names the statement and the field that decide, and prints the command or the",
    "line of the policy that mends it. AWS's own message tells none of this: it is the same for a missing role and a wrong subject.",
    "Where no flag says how the trust is read, one exchange tells whether the cloud takes the token.",
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
    const reach = reachOf(flags, context);
    const place = trustPlaceOf(flags, context);
    // Files are those of the profile's own cloud, but that a service account's policy and a role's are given by one flag.
    const chainFiles = { provider: [], trust: exchange === "azure" ? flags.trust : [] };
    const awsTrust = () => awsTrustOf(place, chainFiles, context);
    const known = await explainBy(exchange, {
      aws: async () => explainAws({ profile, source: await awsTrustOf(place, flags, context), event, reach }, context),
      gcp: async () => explainGcp({ profile, trust: await gcpTrustOf(place, flags, context), reach, awsTrust }, context),
      azure: async () => explainAzure({ profile, trust: await azureTrustOf(place, flags, context), reach, awsTrust }, context),
    });
    const isToTry = place.kind === "nowhere" && event === null && !known.some(isRefused);
    const trial = isToTry ? await explainTrial(profile, known, context) : null;
    const explained = trial === null ? known : [...known, trial];
    const refusal = explained.find(isRefused);
    const isTaken = explained.every(isAllowed) || (trial !== null && isAllowed(trial));
    const outcome = refusal !== undefined ? "refused" : isTaken ? "allowed" : "unknown";
    if (flags.json) output(jsonPage({ profile, outcome, cause: refusal?.asks ?? null, explained }));
    else await report(explained, isTaken ? "taken" : (refusal ?? null), context);
    return refusal === undefined ? EXIT.done : EXIT.refused;
  },
});

type Explainers = Readonly<Record<(typeof EXPLAINED_EXCHANGES)[number], () => Promise<readonly Explained[]>>>;

async function explainBy(exchange: string, explainers: Explainers): Promise<readonly Explained[]> {
  const known = EXPLAINED_EXCHANGES.find((one) => one === exchange);
  if (known !== undefined) return explainers[known]();
  throw new Fault("USAGE_INVALID", `the profile is for ${exchange}, and explain knows ${EXPLAINED_EXCHANGES.join(", ")}`);
}

function isRefused({ verdict }: Explained): boolean {
  return verdict.outcome === "refused";
}

function isAllowed({ verdict }: Explained): boolean {
  return verdict.outcome === "allowed";
}

/** The profile of the role that the event asked for. */
function profileOf(event: WebIdentityEvent | null, { profiles }: Config): string | undefined {
  if (event === null) return undefined;
  return [...profiles.values()].find(({ options }) => options["roleArn"] === event.roleArn)?.name;
}

async function report(
  explained: readonly Explained[],
  end: Explained | "taken" | null,
  { output, terminal }: Context,
): Promise<void> {
  output(await terminal.table(["checked", "verdict", "because"], explained.flatMap(rows)));
  if (end === "taken") {
    terminal.say("nothing refuses this sign-in; what it may do then is decided by the role's permissions, not by its trust");
  } else if (end !== null) {
    output(`\n${lines({ ...end, asks: `cause: ${end.asks}` }).join("")}`);
  } else {
    const doubts = explained.filter(({ verdict }) => verdict.outcome === "unknown");
    output(`\nnothing refuses it, and this is not known:\n${doubts.flatMap(lines).join("")}`);
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

/** Shows what was seen where the meaning does not name it: a status, a list of providers. */
function sentence({ at, meaning, saw }: Finding, asks: string, outcome: Explained["verdict"]["outcome"]): string {
  const shown = saw !== null && saw.length > 0 && outcome !== "allowed" && !saw.some((one) => meaning.includes(one));
  const seen = shown ? ` (${saw.join(", ")})` : "";
  return `${at === asks ? "" : `${at}: `}${meaning}${seen.length > 200 ? "" : seen}`;
}
