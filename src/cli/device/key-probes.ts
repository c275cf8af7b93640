import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import type { KeyPlace } from "../../core/signer.ts";
import { exchangeOnce } from "../../flows/get-credentials.ts";
import type { Probe } from "../../flows/probe-key.ts";
import type { KeySet } from "../../flows/rotate-key.ts";
import { fetchIssuer } from "../../flows/verify-issuer.ts";
import { isServedNowhere } from "../../wire/issuer-documents/issuer-url.ts";
import { parseJwks } from "../../wire/jwk/jwks.ts";
import { isUnderItsOwnId } from "../../wire/jwk/key-ids.ts";
import type { Context } from "../command.ts";
import { profilesProvedBy } from "../proving-identity.ts";

/** The keys that a probe tries. */
export interface TriedKeys {
  readonly identity: string;
  readonly issuer: string;
  /** Asked at each attempt: the next keys may not be made yet. */
  place(key: "current" | "next"): { readonly place: KeyPlace; readonly set: KeySet };
}

/**
 * A probe for each profile that this identity proves itself; what goes `via` one is taken when that is. Without any, the
 * best that can be known is that the keys are served.
 *
 * @throws {Fault} `ISSUER_ABSENT` where not even that can be known: to switch then would lock out every verifier that was given keys.
 */
export async function keyProbes(keys: TriedKeys, http: () => Promise<Http>, context: Context): Promise<readonly Probe[]> {
  const profiles = profilesProvedBy(keys.identity, await context.compose.config());
  if (profiles.length > 0) return profiles.map(({ name }) => profileProbe(name, keys, context));
  if (!isServedNowhere(keys.issuer)) return [servedProbe(keys, http)];
  throw new Fault(
    "ISSUER_ABSENT",
    `nobody serves ${keys.issuer}, and no profile of ${keys.identity} can try whether a verifier takes a new key`,
    {
      hints: [
        "add a profile for the verifier that was given the keys: `oauth` in the config",
        "or make another identity, and give the verifier both: `brevet init NAME`",
      ],
    },
  );
}

function profileProbe(name: string, keys: TriedKeys, { compose, terminal }: Context): Probe {
  return {
    name: `the profile ${name}`,
    async attempt(key) {
      const path = await compose.profilePath({ profile: name, overrides: {} }, keys.place(key).place);
      const wishes = { renew: "now", purpose: `brevet tries the ${key} key of ${keys.identity}` } as const;
      // Kept nowhere: a session by a key that may yet be dropped is not what the next caller should get.
      await exchangeOnce(path, wishes, { store: await compose.store(), clock: compose.clock, notices: terminal });
    },
  };
}

function servedProbe({ issuer, place }: TriedKeys, http: () => Promise<Http>): Probe {
  return {
    name: issuer,
    async attempt(key) {
      const { jwks } = await fetchIssuer(issuer, await http());
      const served =
        jwks?.status === 200
          ? parseJwks(jwks.body, jwks.url)
              .filter(isUnderItsOwnId)
              .map(({ kid }) => kid)
          : [];
      const missing = (await place(key).set.signer.publicKeys()).find(({ kid }) => !served.includes(kid));
      if (missing === undefined) return;
      throw new Fault("ISSUER_MISMATCH", `${issuer} does not serve the key ${missing.kid}`);
    },
  };
}
