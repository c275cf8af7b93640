import type { Credentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import type { Config } from "../../wire/brevet-config/config.ts";
import type { FlagValues } from "../command.ts";
import type { Composition } from "../composition.ts";
import { selectIdentity } from "../select.ts";

/** The flags of every command that hands out a token as it is: its audience, and whose it is. */
export const bearerFlags = {
  audience: { kind: "text", value: "AUDIENCE", short: "a", doc: "who the token is for: its `aud` claim" },
  profile: {
    kind: "text",
    value: "NAME",
    short: "p",
    doc: "instead: the bearer token that this profile is redeemed for",
    excludes: ["audience", "identity", "alg"],
  },
  identity: { kind: "text", value: "NAME", doc: "whose token; default: the only identity that has tokens for the audience" },
  alg: {
    kind: "text",
    value: "ALG",
    choices: ["ES256", "RS256"],
    doc: "the one algorithm that the audience takes; default: ES256, else RS256",
  },
  renew: { kind: "switch", doc: "a new one, whatever is cached" },
} as const;

/**
 * The token that the flags ask for: an identity's own, or what a profile is redeemed for.
 *
 * @param asker who asks, for a person who has to sign in.
 * @throws {Fault} `USAGE_INVALID` unless one of both is named.
 */
export async function bearerToken(
  flags: FlagValues<typeof bearerFlags>,
  asker: string,
  compose: Composition,
): Promise<Credentials> {
  const { audience, profile, alg, identity } = flags;
  const renew = flags.renew ? "now" : "when-stale";
  if (profile !== undefined) {
    const path = await compose.profilePath({ profile, overrides: {} });
    return compose.credentials(path, { renew, purpose: `${asker} asks for the profile ${path.name}` });
  }
  if (audience === undefined) {
    throw new Fault("USAGE_INVALID", "say for whom the token is, by its audience or by a profile", {
      hints: ["`--audience https://app.example.com`, or `--profile NAME`"],
    });
  }
  const algorithms: readonly SignatureAlgorithm[] = alg === undefined ? ["ES256", "RS256"] : [alg as SignatureAlgorithm];
  const whose = identity ?? selectIdentity(withTokensFor(audience, await compose.config()), undefined).name;
  const path = await compose.tokenPath(whose, audience, algorithms);
  return compose.credentials(path, { renew, purpose: `${asker} asks for ${audience}` });
}

/**
 * The config with only the identities that can have a token for the audience: an OpenID provider's tokens are for its client alone. If
 * that leaves none, the whole config: the identity that is chosen then says what its tokens are for.
 */
function withTokensFor(audience: string, config: Config): Config {
  const able = [...config.identities].filter(([, { kind, options }]) => kind !== "oidc" || options["clientId"] === audience);
  return able.length === 0 ? config : { ...config, identities: new Map(able) };
}
