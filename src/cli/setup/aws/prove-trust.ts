import { Fault } from "../../../core/fault.ts";
import { verifyIssuer } from "../../../flows/verify-issuer.ts";
import type { Context } from "../../command.ts";
import type { CallerIdentity } from "../../composition.ts";
import { NOT_YET_TRUSTED, tryUntilTrusted } from "../try-until-trusted.ts";

/** What has to work before a setup is called done. */
export interface TrustProof {
  readonly issuer: string;
  /** The device whose documents have to be served; null: somebody else serves them. */
  readonly device: string | null;
  readonly profile: string;
  /** 0: nothing is tried. */
  readonly waitSeconds: number;
}

/**
 * Fetches the issuer's documents as AWS will, and exchanges a token for credentials, until both work.
 *
 * @returns who AWS says the caller is; null if nothing was to be tried.
 * @throws {Fault} `TRUST_UNPROVEN` when the time is over; what else stands in the way at once.
 */
export async function proveTrust(proof: TrustProof, context: Context): Promise<CallerIdentity | null> {
  if (proof.waitSeconds === 0) return null;
  const { device, issuer, profile, waitSeconds } = proof;
  if (device !== null) {
    await tryUntilTrusted(
      {
        doing: "waiting until the issuer is served",
        done: "the issuer is served",
        profile,
        waitSeconds,
        passing: ["NETWORK_UNREACHABLE", "NETWORK_TIMEOUT", "RESPONSE_INVALID", "ISSUER_MISMATCH"],
        work: () => requireServed(issuer, device, context),
      },
      context,
    );
  }
  return tryUntilTrusted(
    {
      doing: "waiting until AWS accepts the tokens",
      done: "AWS accepts the tokens",
      profile,
      waitSeconds,
      passing: NOT_YET_TRUSTED,
      work: () => askAws(profile, context),
    },
    context,
  );
}

async function requireServed(issuer: string, identity: string, { compose }: Context): Promise<void> {
  const { signer } = await compose.device(identity);
  const { published } = await compose.issuerCopies(identity);
  const { judgements } = await verifyIssuer({ issuer }, { http: await compose.http(), signer, published });
  const verdict = judgements.find(({ verifier }) => verifier === "aws")?.verdict;
  if (verdict?.outcome === "allowed") return;
  throw new Fault("ISSUER_MISMATCH", `AWS could not check tokens by what ${issuer} serves`, {
    hints: [`run \`brevet issuer verify ${identity}\`, which says why`],
  });
}

async function askAws(profile: string, { compose }: Context): Promise<CallerIdentity> {
  const selection = { profile, overrides: {} };
  const credentials = await compose.credentials(await compose.profilePath(selection), {
    renew: "now",
    purpose: "brevet setup aws",
  });
  return compose.awsCaller(selection, credentials);
}
