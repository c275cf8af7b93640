import { jsonPage } from "../../../platform/terminal/json-page.ts";
import { planJson } from "../../../setup/diff.ts";
import { changesOf, type Plan } from "../../../setup/plan.ts";
import type { Context } from "../../command.ts";
import type { CallerIdentity } from "../../composition.ts";
import type { AwsSetupFlags } from "./flags.ts";
import { tryLine } from "./try-line.ts";

/** What a setup has come to. */
export interface TrustOutcome {
  readonly plan: Plan;
  readonly issuer: string;
  /** null: nothing is hosted. */
  readonly bucket: string | null;
  /** The account's own issuer, where the role may ask for its tokens; else null. */
  readonly tokenIssuer: string | null;
  readonly roleArn: string;
  readonly profile: string;
  /** null: it was not tried. */
  readonly caller: CallerIdentity | null;
}

/** Says what exists now, how to use it, and what undoing it would do. */
export function reportTrust(
  outcome: TrustOutcome,
  { json, "endpoint-url": endpointUrl }: Pick<AwsSetupFlags, "json" | "endpoint-url">,
  { output, terminal, environment }: Context,
): void {
  const { plan, issuer, bucket, tokenIssuer, roleArn, profile, caller } = outcome;
  if (json) {
    output(jsonPage({ ...(planJson(plan) as object), issuer, bucket, tokenIssuer, roleArn, profile, caller }));
    return;
  }
  const lines = [
    ["Issuer URL", issuer],
    ["Role ARN", roleArn],
    ["S3 Bucket", bucket],
    ["Token Issuer", tokenIssuer],
    ["Profile", profile],
    ["UserId", caller?.userId ?? null],
    ["Account", caller?.accountId ?? null],
    ["Arn", caller?.arn ?? null],
  ] as const;
  output(
    lines
      .flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(tokenIssuer === null ? 12 : 14)}${value}\n`]))
      .join(""),
  );
  terminal.say(changesOf(plan).length === 0 ? "everything was as it should be" : "AWS setup complete");
  terminal.say(tryLine(profile, endpointUrl, environment));
  if (tokenIssuer !== null) {
    terminal.say(`for a verifier of that issuer: \`brevet token --profile ${profile}-token\`; its subject is ${roleArn}`);
    terminal.say(
      "the account hands such tokens out from now on, and after `unsetup` too: other roles may have come to ask for them",
    );
  }
  terminal.say(`\`brevet unsetup ${plan.id}\` removes both profiles and the stack with all that is in it`);
}
