import { Fault } from "../../core/fault.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  path: "token",
  summary: "print a signed token for one audience, for any application that takes OIDC tokens",
  description: [
    "The token names that audience alone and lives at most five minutes. Whoever has it can use it there, so it goes to",
    "stdout and nowhere else.",
  ].join("\n"),
  flags: {
    audience: { kind: "text", value: "AUDIENCE", short: "a", doc: "for whom it is: the `aud` claim" },
    profile: { kind: "text", value: "NAME", short: "p", doc: "instead: the bearer token that this profile is redeemed for" },
    identity: { kind: "text", value: "NAME", doc: "whose token; default: the only identity" },
    alg: {
      kind: "text",
      value: "ALG",
      choices: ["ES256", "RS256"],
      doc: "the one algorithm that the audience takes; default: ES256, else RS256",
    },
    renew: { kind: "switch", doc: "a new one, whatever is cached" },
  },
  examples: [
    { line: "brevet token --audience https://app.example.com", does: "one line on stdout" },
    { line: "brevet token -a https://app.example.com | brevet token inspect", does: "see what is in it" },
  ],
  async run({ flags }, { compose, output }) {
    if (flags.profile !== undefined && flags.audience === undefined) {
      const profile = await compose.profilePath({ profile: flags.profile, overrides: {} });
      const purpose = `token asks for the profile ${profile.name}`;
      const credentials = await compose.credentials(profile, { renew: flags.renew ? "now" : "when-stale", purpose });
      return (await compose.outlets.token(output)).deliver(credentials);
    }
    if (flags.audience === undefined || flags.profile !== undefined) {
      throw new Fault("USAGE_INVALID", "say for whom the token is, by its audience or by a profile", {
        hints: ["`--audience https://app.example.com`, or `--profile NAME`"],
      });
    }
    const algorithms: readonly SignatureAlgorithm[] =
      flags.alg === undefined ? ["ES256", "RS256"] : [flags.alg as SignatureAlgorithm];
    const path = await compose.tokenPath(flags.identity, flags.audience, algorithms);
    const purpose = `token asks for ${flags.audience}`;
    const credentials = await compose.credentials(path, { renew: flags.renew ? "now" : "when-stale", purpose });
    return (await compose.outlets.token(output)).deliver(credentials);
  },
});
