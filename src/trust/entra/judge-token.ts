import type { EpochSeconds } from "../../core/time.ts";
import type { Finding, Verdict } from "../verdict.ts";

/** A federated identity credential, as Microsoft Graph shows it. */
export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  /** Exactly one. */
  readonly audiences: readonly string[];
}

/** What Entra ID looks at, in the order in which it is looked at here. The signature is another question. */
export type EntraCheck = "header" | "issuer" | "subject" | "audience" | "times";

/** A token as it was sent; its signature is not judged here. */
export interface EntraToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Would this application take this token. */
export interface EntraJudgement {
  readonly verdict: Verdict;
  /** The check that decided against the token; null when it is allowed. */
  readonly check: EntraCheck | null;
  /** The credential that let it in; null unless it is allowed. */
  readonly credential: FederatedCredential | null;
}

const CONSIDERATIONS = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations";
const FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

/**
 * Judges a token as Entra ID would when an application or a managed identity presents it as client assertion: RS256 alone, and
 * issuer, subject and audience exactly as one federated credential has them, case included.
 *
 * @param now by the verifier's clock.
 */
export function judgeEntraToken(
  { header, claims }: EntraToken,
  credentials: readonly FederatedCredential[],
  now: EpochSeconds,
): EntraJudgement {
  const refused = (check: EntraCheck, finding: Finding): EntraJudgement => ({
    verdict: { outcome: "refused", because: [finding] },
    check,
    credential: null,
  });
  const wrongHeader = headerProblem(header);
  if (wrongHeader !== null) return refused("header", wrongHeader);
  const { iss, sub, aud } = claims;
  const sameIssuer = credentials.filter(({ issuer }) => issuer === iss);
  if (sameIssuer.length === 0)
    return refused(
      "issuer",
      mismatch(
        "iss",
        credentials.map(({ issuer }) => issuer),
        iss,
      ),
    );
  const sameSubject = sameIssuer.filter(({ subject }) => subject === sub);
  if (sameSubject.length === 0)
    return refused(
      "subject",
      mismatch(
        "sub",
        sameIssuer.map(({ subject }) => subject),
        sub,
      ),
    );
  const given = typeof aud === "string" ? [aud] : Array.isArray(aud) && aud.length === 1 ? aud : [];
  const credential = sameSubject.find(({ audiences }) => audiences.some((audience) => given.includes(audience)));
  if (credential === undefined)
    return refused(
      "audience",
      mismatch(
        "aud",
        sameSubject.flatMap(({ audiences }) => audiences),
        aud,
      ),
    );
  const wrongTimes = timesProblem(claims, now);
  if (wrongTimes !== null) return refused("times", wrongTimes);
  const meaning = "issuer, subject and audience are those of this federated credential";
  const because: Finding = {
    at: `federated credential ${credential.name}`,
    wanted: [],
    saw: [String(sub)],
    meaning,
    source: FEDERATION,
  };
  return { verdict: { outcome: "allowed", because }, check: null, credential };
}

function headerProblem(header: EntraToken["header"]): Finding | null {
  if (header["alg"] !== "RS256") {
    const meaning =
      "Entra ID verifies RS256 alone: sign with an RSA key, `brevet issuer generate --add RS256`, or reach it through an AWS role";
    return { at: "the token's alg", wanted: ["RS256"], saw: show(header["alg"]), meaning, source: CONSIDERATIONS };
  }
  if (typeof header["kid"] === "string" && header["kid"] !== "") return null;
  const meaning = "without kid Entra ID cannot find the key";
  return {
    at: "the token's kid",
    wanted: ["the id of a published key"],
    saw: show(header["kid"]),
    meaning,
    source: CONSIDERATIONS,
  };
}

function mismatch(claim: string, wanted: readonly string[], saw: unknown): Finding {
  const like = wanted.find(
    (one) => typeof saw === "string" && one.toLowerCase().replace(/\/$/, "") === saw.toLowerCase().replace(/\/$/, ""),
  );
  const meaning =
    like === undefined
      ? "no federated credential has this value: add one, there can be 20"
      : `Entra ID compares exactly: ${like} is another value, by case or by a slash`;
  return { at: `the token's ${claim}`, wanted, saw: show(saw), meaning, source: FEDERATION };
}

/** Microsoft does not say how far clocks may differ; its own libraries allow five minutes. */
const SKEW_SECONDS = 300;

function timesProblem(claims: EntraToken["claims"], now: EpochSeconds): Finding | null {
  const finding = (name: string, wanted: string, meaning: string): Finding => ({
    at: `the token's ${name}`,
    wanted: [wanted],
    saw: show(claims[name]),
    meaning,
    source: FEDERATION,
  });
  const { exp } = claims;
  if (typeof exp !== "number" || exp <= now - SKEW_SECONDS) return finding("exp", `after ${now}`, "the token's life has ended");
  for (const name of ["nbf", "iat"]) {
    const value = claims[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || value > now + SKEW_SECONDS) {
      return finding(name, `at most ${now + SKEW_SECONDS}`, "it lies in the future: the issuer's clock is ahead");
    }
  }
  return null;
}

function show(value: unknown): readonly string[] | null {
  return value === undefined ? null : [typeof value === "string" ? value : JSON.stringify(value)];
}
