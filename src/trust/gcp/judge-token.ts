import type { EpochSeconds } from "../../core/time.ts";
import type { Finding, Verdict } from "../verdict.ts";
import { evaluateCel } from "./cel.ts";
import { type GcpPrincipal, mapAttributes } from "./map-attributes.ts";
import { PAGES } from "./pages.ts";
import { acceptedAudiences, type GcpProvider } from "./provider.ts";

/** What Google's STS looks at, in the order in which it is looked at here. The signature is another question. */
export type GcpCheck = "provider" | "header" | "issuer" | "times" | "audience" | "subject" | "mapping" | "condition";

/** A token as it was sent; its signature is not judged here. */
export interface GcpToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Whether this provider would accept this token, and the subject that it would give it. */
export interface GcpJudgement {
  readonly verdict: Verdict;
  /** The check that decided against the token, or could not be made; null when it is allowed. */
  readonly check: GcpCheck | null;
  /** Whom the token becomes; null unless it is allowed. */
  readonly principal: GcpPrincipal | null;
}

const ALGORITHMS = ["RS256", "ES256"];
/** STS API reference, `subjectToken`: "must be in the past and no more than 24 hours in the past". */
const OLDEST_SECONDS = 86_400;

/**
 * Judges a token as Google's Security Token Service would, against the provider that it is sent to.
 *
 * @param now by the verifier's clock.
 * @see Security Token Service API v1, `token`
 */
export function judgeGcpToken(token: GcpToken, provider: GcpProvider, now: EpochSeconds): GcpJudgement {
  for (const [check, rule] of RULES) {
    const finding = rule(token, provider, now);
    if (finding !== null) return { verdict: { outcome: "refused", because: [finding] }, check, principal: null };
  }
  const mapping = mapAttributes(provider, token.claims);
  if (mapping.kind !== "mapped") {
    const outcome = mapping.kind === "refused" ? "refused" : "unknown";
    return { verdict: { outcome, because: [mapping.because] }, check: "mapping", principal: null };
  }
  return judgeCondition(token, provider, mapping.principal);
}

type Rule = (token: GcpToken, provider: GcpProvider, now: EpochSeconds) => Finding | null;

const RULES: readonly (readonly [GcpCheck, Rule])[] = [
  ["provider", enabled],
  ["header", algorithm],
  ["header", keyId],
  ["issuer", issuer],
  ["times", issuedAt],
  ["times", expiry],
  ["audience", audience],
  ["subject", subject],
];

function enabled(_: GcpToken, { disabled, name }: GcpProvider): Finding | null {
  return disabled ? found(name, ["enabled"], ["disabled or deleted"], "enable it, or undelete it", PAGES.provider) : null;
}

function algorithm({ header }: GcpToken): Finding | null {
  if (ALGORITHMS.includes(String(header["alg"]))) return null;
  return found("the token's alg", ALGORITHMS, show(header["alg"]), "Google verifies no other algorithm");
}

function keyId({ header }: GcpToken): Finding | null {
  if (typeof header["kid"] === "string" && header["kid"] !== "") return null;
  return found("the token's kid", ["the id of a key"], show(header["kid"]), "without kid Google cannot find the key");
}

function issuer({ claims }: GcpToken, { issuerUri }: GcpProvider): Finding | null {
  if (claims["iss"] === issuerUri) return null;
  const meaning = "the provider's issuer is compared exactly: case, path and trailing slash count";
  return found("the token's iss", [issuerUri], show(claims["iss"]), meaning, PAGES.provider);
}

function issuedAt({ claims }: GcpToken, _: GcpProvider, now: EpochSeconds): Finding | null {
  const iat = claims["iat"];
  const wanted = [`from ${now - OLDEST_SECONDS} to ${now}`];
  if (typeof iat !== "number") return found("the token's iat", wanted, show(iat), "Google needs the time of issue");
  if (iat > now) {
    return found("the token's iat", wanted, [String(iat)], `it lies ${iat - now} s in the future: the issuer's clock is ahead`);
  }
  return iat < now - OLDEST_SECONDS ? found("the token's iat", wanted, [String(iat)], "it is more than 24 hours old") : null;
}

function expiry({ claims }: GcpToken, _: GcpProvider, now: EpochSeconds): Finding | null {
  const exp = claims["exp"];
  if (typeof exp !== "number") return found("the token's exp", [`after ${now}`], show(exp), "Google needs the time of its end");
  return exp > now ? null : found("the token's exp", [`after ${now}`], [String(exp)], `it ended ${now - exp} s ago`);
}

function audience({ claims }: GcpToken, provider: GcpProvider): Finding | null {
  const wanted = acceptedAudiences(provider);
  const { aud } = claims;
  const given = (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === "string");
  if (given.some((one) => wanted.includes(one))) return null;
  const meaning =
    provider.allowedAudiences.length === 0
      ? "a provider without allowed audiences takes its own resource name, with the project's number"
      : "the provider lists other audiences: add this one, or set `audience` in the profile";
  return found("the token's aud", wanted, given.length === 0 ? null : given, meaning, PAGES.provider);
}

function subject({ claims }: GcpToken): Finding | null {
  if (typeof claims["sub"] === "string" && claims["sub"] !== "") return null;
  return found("the token's sub", ["a text"], show(claims["sub"]), "Google needs a subject");
}

function judgeCondition(token: GcpToken, provider: GcpProvider, principal: GcpPrincipal): GcpJudgement {
  const { attributeCondition: condition, name } = provider;
  const allowed = (at: string, wanted: readonly string[], meaning: string): GcpJudgement => ({
    verdict: { outcome: "allowed", because: { at, wanted, saw: [principal.subject], meaning, source: PAGES.condition } },
    check: null,
    principal,
  });
  if (condition === null) return allowed(name, [], "the provider takes every token of this issuer and audience");
  const outcome = evaluateCel(condition, {
    assertion: token.claims,
    google: { subject: principal.subject, groups: principal.groups },
    attribute: principal.attributes,
  });
  if (outcome.kind === "truth" && outcome.value) return allowed("attributeCondition", [condition], "the condition holds");
  const because: Finding = {
    at: "attributeCondition",
    wanted: [condition],
    saw: [JSON.stringify({ sub: token.claims["sub"], "google.subject": principal.subject, attribute: principal.attributes })],
    meaning: conditionMeaning(outcome),
    source: PAGES.condition,
  };
  const verdict: Verdict = { outcome: outcome.kind === "unknown" ? "unknown" : "refused", because: [because] };
  return { verdict, check: "condition", principal: null };
}

function conditionMeaning(outcome: ReturnType<typeof evaluateCel>): string {
  if (outcome.kind === "truth") return "the condition is false for this token";
  if (outcome.kind === "unknown") return `brevet cannot evaluate it: ${outcome.message}`;
  return outcome.kind === "error"
    ? `it cannot be evaluated over this token: ${outcome.message}`
    : "it does not give true or false";
}

function found(
  at: string,
  wanted: readonly string[],
  saw: readonly string[] | null,
  meaning: string,
  source: string = PAGES.token,
): Finding {
  return { at, wanted, saw, meaning, source };
}

function show(value: unknown): readonly string[] | null {
  return value === undefined ? null : [JSON.stringify(value)];
}
