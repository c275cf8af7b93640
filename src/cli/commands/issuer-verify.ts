import { EXIT } from "../../core/exit.ts";
import { Fault } from "../../core/fault.ts";
import type { Cell } from "../../core/terminal.ts";
import { type GivenVerdict, verifyGivenKeys } from "../../flows/verify-given-keys.ts";
import { type VerifiedIssuer, verifyIssuer } from "../../flows/verify-issuer.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import type { Finding } from "../../trust/verdict.ts";
import { isServedNowhere } from "../../wire/issuer-documents/issuer-url.ts";
import { type Context, defineCommand } from "../command.ts";
import { IDENTITY_WORD, requireIssuer } from "../device/device-issuer.ts";
import { everySigner, keysOfAll } from "../device/device-keys.ts";
import { givenPlaces } from "../device/given-places.ts";
import { reachFlags, reachOf } from "../flags/reach-flags.ts";
import type { OpenDevice } from "../identity-kinds.ts";

export const command = defineCommand({
  path: "issuer verify",
  description: [
    "If a cloud can verify this device's tokens by them, they are remembered as published: run it after uploading by hand.",
    "The exit status is 5 when no cloud can, or one that --for names cannot. Of an issuer that nobody serves (`https://….brevet.invalid`)",
    "the keys are looked at that verifiers were given; those that were uploaded to Google are read as an administrator.",
  ].join("\n"),
  positionals: [IDENTITY_WORD],
  flags: {
    for: {
      kind: "texts",
      value: "CLOUD",
      choices: ["aws", "gcp", "entra"],
      doc: "a cloud that has to be able to",
    },
    ...reachFlags,
    json: { kind: "switch", doc: "print the verdicts as JSON" },
  },
  examples: [
    { line: "brevet issuer verify", does: "a verdict for each cloud" },
    { line: "brevet issuer verify --for entra", does: "fails while there is no RS256 key" },
  ],
  async run({ flags, words }, context) {
    const { compose, output, terminal } = context;
    const device = await compose.device(words["IDENTITY"]);
    const issuer = requireIssuer(device);
    if (isServedNowhere(issuer)) return verifyGiven(device, issuer, flags, context);
    const { published } = await compose.issuerCopies(device.name);
    const http = await compose.http(reachOf(flags, context));
    const everyKey = keysOfAll(await everySigner(device, compose));
    const verified = await verifyIssuer({ issuer }, { http, signer: device.signer, everyKey, published });
    if (flags.json) output(jsonPage(verified));
    else {
      output(await terminal.table(["cloud", "verdict", "because"], rows(verified)));
      for (const finding of verified.advice) terminal.warn(sentence(finding));
      if (verified.remembered) {
        terminal.say("remembered as published: this device can sign tokens now");
        terminal.say(`next: \`brevet issuer trust-policy ${device.name} --role ARN\` prints what an AWS role needs to let it in`);
      }
    }
    const refused = verified.judgements.filter(({ verdict }) => verdict.outcome !== "allowed").map(({ verifier }) => verifier);
    const failed =
      refused.length === verified.judgements.length || flags.for.some((cloud) => refused.some((one) => one === cloud));
    return failed ? EXIT.refused : EXIT.done;
  },
});

/** Nothing is fetched of an issuer that nobody serves: its verifiers have the keys that they were given. */
async function verifyGiven(
  device: OpenDevice,
  issuer: string,
  flags: { readonly for: readonly string[]; readonly json: boolean },
  context: Context,
): Promise<number> {
  const { output, terminal } = context;
  const places = givenPlaces(device, context);
  if (places.length === 0) throw nothingGiven(device, issuer);
  const ours = await device.signer.publicKeys();
  const given: GivenVerdict[] = [];
  for (const place of places) given.push(await verifyGivenKeys(place, ours));
  if (flags.json) output(jsonPage({ issuer, served: false, given }));
  else {
    terminal.say(`nothing is hosted: ${issuer} is a name that nobody serves, and verifiers are given the keys`);
    output(await terminal.table(["place", "verdict", "because"], given.map(givenCells)));
    if (given.some(({ verdict }) => verdict.outcome === "unknown")) terminal.say("`brevet status --check` tries each profile");
  }
  const unmet = flags.for.filter((cloud) => !given.some((one) => isGivenTo(cloud, one)));
  for (const cloud of unmet) terminal.warn(`${cloud} does not have the keys, or was not seen to: ${NEXT[cloud] ?? NEXT["aws"]}`);
  return unmet.length > 0 || given.some(({ verdict }) => verdict.outcome === "refused") ? EXIT.refused : EXIT.done;
}

const NEXT: Readonly<Record<string, string>> = {
  gcp: "`brevet setup gcp --project PROJECT` uploads them",
  aws: "it fetches them from the issuer, which `brevet setup aws --policy-arn ARN` would host",
};

function isGivenTo(cloud: string, { place, verdict }: GivenVerdict): boolean {
  return place.startsWith(`${cloud}://`) && verdict.outcome === "allowed";
}

function nothingGiven({ name }: OpenDevice, issuer: string): Fault {
  return new Fault("ISSUER_ABSENT", `nobody serves ${issuer}, and which verifiers were given its keys is not known here`, {
    hints: [
      `\`brevet issuer publish ${name} --to FOLDER\` keeps what you give to verifiers yourself`,
      "`brevet setup gcp --project PROJECT` uploads the keys to Google",
      "`brevet setup aws --policy-arn ARN` hosts an issuer",
    ],
  });
}

const TONES = { allowed: "good", refused: "bad", unknown: "warn" } as const;

function givenCells({ place, verdict }: GivenVerdict): readonly Cell[] {
  const reasons = verdict.outcome === "allowed" ? [verdict.because] : verdict.because;
  const text = reasons.map(({ meaning }) => meaning).join("; ");
  const outcome = verdict.outcome === "unknown" ? "not known" : verdict.outcome;
  return [{ text: place, tone: "strong" }, { text: outcome, tone: TONES[verdict.outcome] }, { text }];
}

function rows({ judgements }: VerifiedIssuer): readonly (readonly Cell[])[] {
  return judgements.flatMap(({ verifier, verdict, advice }) => {
    const reasons = verdict.outcome === "allowed" ? [verdict.because] : verdict.because;
    const tone = verdict.outcome === "allowed" ? "good" : "bad";
    const told: Cell[] = [
      ...reasons.map((one) => ({ text: sentence(one) })),
      ...advice.map((one) => ({ text: sentence(one), tone: "warn" as const })),
    ];
    return told.map((cell, index): readonly Cell[] =>
      index === 0
        ? [{ text: verifier, tone: "strong" }, { text: verdict.outcome, tone }, cell]
        : [{ text: "" }, { text: "" }, cell],
    );
  });
}

function sentence({ at, saw, meaning }: Finding): string {
  // Whoever serves a document chooses the ids in it, and could forge lines below a warning.
  const seen = saw === null ? "nothing" : saw.join(", ").replace(/\s+/g, " ");
  return meaning.startsWith("tokens signed") ? meaning : `${meaning} (${at}: ${seen === "" ? "nothing" : seen})`;
}
