import { EXIT } from "../../core/exit.ts";
import type { Cell } from "../../core/terminal.ts";
import { type VerifiedIssuer, verifyIssuer } from "../../flows/verify-issuer.ts";
import type { Finding } from "../../trust/verdict.ts";
import { defineCommand } from "../command.ts";
import { IDENTITY_WORD, requireIssuer } from "../device-issuer.ts";
import { reachFlags, reachOf } from "../reach-flags.ts";

export const command = defineCommand({
  path: "issuer verify",
  summary: "fetch the published documents as a cloud would, and say what each cloud makes of them",
  description: [
    "If a cloud can verify this device's tokens by them, they are remembered as published: run it after uploading by hand.",
    "The exit status is 5 when no cloud can, or one that --for names cannot.",
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
  async run({ flags, words }, { compose, output, terminal }) {
    const device = await compose.device(words["IDENTITY"]);
    const issuer = requireIssuer(device);
    const { published } = await compose.issuerCopies(device.name);
    const http = await compose.http(reachOf(flags));
    const verified = await verifyIssuer({ issuer }, { http, signer: device.signer, published });
    if (flags.json) output(`${JSON.stringify(verified, null, 2)}\n`);
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
  const seen = saw === null ? "nothing" : saw.join(", ");
  return meaning.startsWith("tokens signed") ? meaning : `${meaning} (${at}: ${seen === "" ? "nothing" : seen})`;
}
