import { Fault } from "../../core/fault.ts";
import { keepTrying } from "../../flows/keep-trying.ts";
import { verifyIssuer } from "../../flows/verify-issuer.ts";
import type { Context } from "../command.ts";
import type { CallerIdentity } from "../composition.ts";

/** What has to work before a setup is called done. */
export interface TrustProof {
  readonly issuer: string;
  /** The device whose documents have to be served; null: somebody else serves them. */
  readonly device: string | null;
  readonly profile: string;
  /** 0: nothing is tried. */
  readonly waitSeconds: number;
}

type ProofContext = Context & { readonly wait: (milliseconds: number) => Promise<void> };

/**
 * Fetches the issuer's documents as AWS will, and exchanges a token for credentials, until both work.
 *
 * @returns whom AWS takes the credentials for; null when nothing was to be tried.
 * @throws {Fault} `TRUST_UNPROVEN` when the time is over; what else stands in the way at once.
 */
export async function proveTrust(proof: TrustProof, context: ProofContext): Promise<CallerIdentity | null> {
  if (proof.waitSeconds === 0) return null;
  const { device, issuer } = proof;
  if (device !== null) {
    await tried("waiting until the issuer is served", "the issuer is served", proof, context, {
      passing: ["NETWORK_UNREACHABLE", "NETWORK_TIMEOUT", "RESPONSE_INVALID", "ISSUER_MISMATCH"],
      work: () => requireServed(issuer, device, context),
    });
  }
  return tried("waiting until AWS takes the tokens", "AWS takes the tokens", proof, context, {
    passing: ["EXCHANGE_REFUSED", "EXCHANGE_UNAVAILABLE"],
    work: () => askAws(proof, context),
  });
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

async function askAws({ profile }: TrustProof, { compose }: Context): Promise<CallerIdentity> {
  const selection = { profile, overrides: {} };
  const credentials = await compose.credentials(await compose.profilePath(selection), {
    renew: "now",
    purpose: "brevet setup aws",
  });
  return compose.awsCaller(selection, credentials);
}

interface Attempt<T> {
  readonly passing: readonly Fault["code"][];
  readonly work: () => Promise<T>;
}

async function tried<T>(
  doing: string,
  done: string,
  { waitSeconds, profile }: TrustProof,
  { terminal, wait }: ProofContext,
  { passing, work }: Attempt<T>,
): Promise<T> {
  const progress = await terminal.progress(doing);
  try {
    const failed = (fault: Fault): void => progress.update(`${doing}: ${fault.message}`);
    const result = await keepTrying(work, { seconds: waitSeconds, passing, failed, wait });
    progress.done(done);
    return result;
  } catch (cause) {
    progress.failed(`${doing}: given up`);
    if (!(cause instanceof Fault) || !passing.includes(cause.code)) throw cause;
    throw new Fault("TRUST_UNPROVEN", `everything is set up, and it does not work yet: ${cause.message}`, {
      cause,
      hints: [
        ...cause.hints,
        `try again later: \`brevet status --check\`, or the same command, which goes on (profile ${profile})`,
      ],
      details: { code: cause.code },
    });
  }
}
