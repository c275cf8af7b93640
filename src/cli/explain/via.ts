import { Fault } from "../../core/fault.ts";
import { explainFault, judgedClaims, type MadeToken } from "../../flows/explain-profile.ts";
import type { AwsTrustSource } from "../../trust/aws/trust-source.ts";
import type { Explained } from "../../trust/explained.ts";
import { decodeJwtUnverified } from "../../wire/jwt/decode.ts";
import type { Context } from "../command.ts";
import type { HttpReach } from "../composition.ts";
import { selectedEntry } from "../resolve-profile.ts";
import { explainAws } from "./aws.ts";

/** How the way to the token of another profile is looked at, where it leads to none. */
export interface ChainWish {
  readonly reach: HttpReach;
  /** The trust of the AWS account whose role is on the way; null where it was not given. */
  readonly awsTrust: () => Promise<AwsTrustSource | null>;
}

/** The token that a profile's identity makes for it, and what was found out on the way. */
export interface Made {
  readonly token: MadeToken | null;
  readonly explained: readonly Explained[];
  /** The device that signs; null for another kind of identity, whose keys are its provider's. */
  readonly device: string | null;
}

/**
 * The token of the profile in `via`, which its cloud makes: nothing less than a real exchange tells who it is. Where that fails,
 * the profiles before it are looked at first, as for a chain of AWS roles.
 */
export async function explainVia(via: string, wish: ChainWish, context: Context): Promise<Made> {
  const { compose } = context;
  const asks = `the token of the profile ${via}`;
  try {
    const path = await compose.profilePath({ profile: via, overrides: {} });
    const credentials = await compose.credentials(path, { renew: "when-stale", purpose: "brevet explain" });
    if (credentials.kind !== "bearer") {
      throw new Fault("CREDENTIALS_UNSUPPORTED", `the profile ${via} gives ${credentials.kind} credentials, and no token`, {
        hints: ["let `via` name a profile with an `awsToken` block"],
      });
    }
    const { header, claims } = decodeJwtUnverified(credentials.token.reveal());
    const judged = judgedClaims(claims, asks);
    const meaning = `${String(judged["sub"])} of ${judged.iss}`;
    const because = { at: "sub", wanted: [], saw: [String(claims["sub"])], meaning, source: "docs/guides/azure.md" };
    return {
      token: { header, claims: judged },
      explained: [{ asks, verdict: { outcome: "allowed", because }, mend: [] }],
      device: null,
    };
  } catch (cause) {
    const refused = explainFault(asks, cause);
    return { token: null, explained: [...(await explainBefore(via, wish, context)), refused], device: null };
  }
}

/** The AWS role that asks for the token, and what leads to it; nothing where the token comes from elsewhere. */
async function explainBefore(via: string, wish: ChainWish, context: Context): Promise<readonly Explained[]> {
  const { compose, environment } = context;
  const entryOf = async (name: string) => selectedEntry({ profile: name, overrides: {} }, await compose.config(), environment);
  try {
    const { exchange, source } = await entryOf(via);
    if (exchange !== "awsToken" || source.kind !== "via") return [];
    return await explainAws({ profile: source.profile, source: await wish.awsTrust(), event: null, reach: wish.reach }, context);
  } catch (cause) {
    return [explainFault(`the way to the profile ${via}`, cause)];
  }
}
