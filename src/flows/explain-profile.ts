import { Fault } from "../core/fault.ts";
import type { Http } from "../core/http.ts";
import type { Identity } from "../core/identity.ts";
import { posixWord } from "../core/posix-word.ts";
import type { ProfilePath } from "../core/profile.ts";
import type { PublicKey } from "../core/signer.ts";
import type { Explained } from "../trust/explained.ts";
import { type IssuerVerifier, judgeIssuer } from "../trust/issuer/judge-issuer.ts";
import { FAULTS } from "../trust/verdict.ts";
import { isServedNowhere } from "../wire/issuer-documents/issuer-url.ts";
import { decodeJwtUnverified } from "../wire/jwt/decode.ts";
import { fetchIssuer } from "./verify-issuer.ts";

/** The claims that a verifier judges. */
export type JudgedClaims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly aud: string | readonly string[] };

/** A token as it was made, or, without times and header, as it would be. */
export interface MadeToken {
  /** null for one that could not be made. */
  readonly header: Readonly<Record<string, unknown>> | null;
  readonly claims: JudgedClaims;
}

/** The claims of a token, if they are such as a verifier judges. @throws {Fault} `TOKEN_MALFORMED` */
export function judgedClaims(claims: Readonly<Record<string, unknown>>, what: string): JudgedClaims {
  const { iss, aud } = claims;
  const audiences = [aud].flat().filter((one) => typeof one === "string");
  if (typeof iss === "string" && audiences.length > 0)
    return { ...claims, iss, aud: Array.isArray(aud) ? audiences : String(aud) };
  throw new Fault("TOKEN_MALFORMED", `${what} has no issuer or no audience`);
}

/** Its audience; the first of several. */
export function audienceOf({ aud }: JudgedClaims): string {
  return [aud].flat()[0] ?? "";
}

/**
 * Whether this machine can make the token that the profile needs, and what is in it. What cannot be made is told, and its claims
 * are then what they would be: the trust can be looked at all the same.
 */
export async function explainToken(
  path: ProfilePath,
  identity: Identity,
): Promise<{ readonly token: MadeToken | null; readonly explained: readonly Explained[] }> {
  const asks = "this machine's token";
  try {
    await path.check();
    const exchange = await path.openExchange();
    const request = exchange.request();
    try {
      const assertion = await identity.assert(request);
      const { header, ...decoded } = decodeJwtUnverified((await assertion.value).reveal());
      const claims = judgedClaims(decoded.claims, asks);
      const subject = String(claims["sub"]);
      const because = { at: "sub", wanted: [], saw: [subject], meaning: `${subject} of ${claims.iss}`, source: FAULTS };
      return { token: { header, claims }, explained: [{ asks, verdict: { outcome: "allowed", because }, mend: [] }] };
    } catch (cause) {
      const { issuer, subject } = await identity.describe();
      const claims = issuer === null || subject === null ? null : { iss: issuer, sub: subject, aud: request.audience };
      return { token: claims === null ? null : { header: null, claims }, explained: [explainFault(asks, cause)] };
    }
  } catch (cause) {
    return { token: null, explained: [explainFault("the profile", cause)] };
  }
}

/** A fault as a refusal, with its hints as what mends it. @throws any error that is not a Fault: a defect. */
export function explainFault(asks: string, cause: unknown): Explained {
  if (!(cause instanceof Fault)) throw cause;
  const finding = { at: cause.code, wanted: [], saw: null, meaning: cause.message, source: FAULTS };
  return { asks, verdict: { outcome: "refused", because: [finding] }, mend: cause.hints };
}

/** The issuer's documents as that verifier would see them. Nothing is remembered. */
export async function explainDocuments(
  { verifier, issuer, identity }: { readonly verifier: IssuerVerifier; readonly issuer: string; readonly identity: string },
  ports: { readonly http: Http; readonly keys: () => Promise<readonly PublicKey[]> },
): Promise<Explained> {
  const asks = "the issuer's documents";
  if (isServedNowhere(issuer)) return servedNowhere(asks, verifier, issuer);
  const look = `curl ${posixWord(`${issuer}/.well-known/openid-configuration`)}`;
  try {
    const { judgements } = judgeIssuer(await fetchIssuer(issuer, ports.http), await ports.keys());
    const judged = judgements.find((one) => one.verifier === verifier);
    if (judged === undefined) throw new TypeError(`nothing judges documents for ${verifier}`);
    const mend = judged.verdict.outcome === "allowed" ? [] : [`brevet issuer publish ${identity}`, look];
    return { asks, verdict: judged.verdict, mend };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    // A verifier looks from another place: what cannot be reached from here may be reached from there.
    const meaning = `they cannot be looked at from here: ${cause.message}`;
    const finding = { at: issuer, wanted: [], saw: null, meaning, source: FAULTS };
    return {
      asks,
      verdict: { outcome: "unknown", because: [finding] },
      mend: cause.hints.some((hint) => hint.includes(look)) ? cause.hints : [...cause.hints, look],
    };
  }
}

/** To look there would tell nothing: the name exists nowhere. */
function servedNowhere(asks: string, verifier: IssuerVerifier, issuer: string): Explained {
  const meaning = `nobody serves ${issuer}, and ${NAMES[verifier]} fetches the keys from there`;
  const finding = { at: issuer, wanted: [], saw: null, meaning, source: FAULTS };
  const mend =
    verifier === "gcp"
      ? ["brevet setup gcp --project PROJECT, which uploads them"]
      : ["brevet setup aws --policy-arn ARN, which hosts the documents at AWS"];
  return { asks, verdict: { outcome: "refused", because: [finding] }, mend };
}

const NAMES: Readonly<Record<IssuerVerifier, string>> = { aws: "AWS", gcp: "Google", entra: "Entra ID" };
