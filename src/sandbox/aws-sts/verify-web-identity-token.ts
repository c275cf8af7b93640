import { decodeProtectedHeader } from "jose";
import { parseJsonObject } from "../../core/json-object.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { OUTBOUND_HOST } from "../aws-outbound/outbound-federation.ts";
import type { IamFolder, OidcProvider } from "../iam/iam-folder.ts";
import type { FindKey } from "../issuers/verification-keys.ts";
import { signatureProblem } from "../issuers/verify-signature.ts";
import { finding, Refusal } from "./refusal.ts";

/** A token's claims after every check that STS makes before it looks at the role. */
export interface VerifiedToken {
  readonly provider: OidcProvider;
  readonly issuer: string;
  readonly subject: string;
  /** The one audience that is registered at the provider. */
  readonly audience: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What the verification looks things up in. */
export interface TokenContext {
  readonly iam: IamFolder;
  readonly findKey: FindKey;
  /** The account of the role: its providers count. */
  readonly accountId: string;
  readonly now: EpochSeconds;
}

/** IAM User Guide, OIDC federation prerequisites: RS256, RS384, RS512, ES256, ES384 and ES512; no PS*, no EdDSA, no HS*. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
/** How far ahead of STS's clock `iat` and `nbf` may be. AWS does not say; clients date their tokens back by less. */
const FUTURE_SECONDS = 300;

type Claims = Readonly<Record<string, unknown>>;

/**
 * Verifies a web identity token as STS does: form, provider, signature by a published key, times, audience. The order is
 * STS's, so that a token with one fault gets the code for that fault.
 *
 * @throws {Refusal} `InvalidIdentityToken`, `ExpiredTokenException`. An issuer that cannot be reached is `InvalidIdentityToken` too: so AWS
 * re:Post, "InvalidIdentityToken"; `IDPCommunicationError` is left to providers that AWS asks instead of fetching keys from.
 * @see STS API Reference, AssumeRoleWithWebIdentity; RFC 7515 §5.2; OpenID Connect Core 1.0 §3.1.3.7
 */
export async function verifyWebIdentityToken(token: string, context: TokenContext): Promise<VerifiedToken> {
  const unverified = readUnverified(token);
  const provider = findProvider(unverified.claims, context);
  const claims = await verifyJws(token, unverified, context.findKey);
  checkTimes(claims, context.now);
  const subject = claims["sub"];
  if (typeof subject !== "string" || subject === "") {
    throw invalid(
      "The ID Token provided is not valid: it must contain a sub claim.",
      finding("the token's sub", "a text", show(subject), "the subject is missing"),
    );
  }
  const audience = checkAudience(claims, provider);
  return { provider, issuer: provider.url, subject, audience, claims };
}

interface UnverifiedToken {
  readonly algorithm: string;
  readonly kid: string;
  readonly claims: Claims;
}

/** RFC 7519 §7.2 steps 1 to 7, and what STS asks of the header. */
function readUnverified(token: string): UnverifiedToken {
  const malformed = (meaning: string): Refusal =>
    invalid(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
      finding("WebIdentityToken", "a signed JWT", null, meaning),
    );
  const parts = token.split(".");
  if (parts.length !== 3) throw malformed(`it has ${parts.length} parts and not 3`);
  // One token, one spelling (RFC 4648 §3.5): the last character of a part may hold bits that mean nothing, and lenient readers skip more.
  const stray = parts.findIndex((part) => Buffer.from(part, "base64url").toString("base64url") !== part);
  if (stray >= 0) throw malformed(`its ${["header", "payload", "signature"][stray]} is not base64url as RFC 7515 §2 writes it`);
  const header = attempt(() => decodeProtectedHeader(token));
  const claims = parseJsonObject(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
  if (header === null) throw malformed("its header is not base64url of a JSON object");
  if (claims === null) throw malformed("its payload is not base64url of a JSON object");
  const { alg: algorithm = "", kid } = header;
  if (!ALGORITHMS.includes(algorithm)) {
    throw invalid(
      "Token must be signed with RS256, RS384, RS512, ES256, ES384 or ES512",
      finding("the token's alg", ALGORITHMS, algorithm, "AWS verifies no other algorithm"),
    );
  }
  if (header["crit"] !== undefined)
    throw malformed("its header has crit extensions, which have to be refused (RFC 7515 §4.1.11)");
  if (typeof kid !== "string" || kid === "") {
    throw invalid(
      "Token must contain a kid header",
      finding("the token's kid", "the id of a published key", show(kid), "without kid the key cannot be found"),
    );
  }
  return { algorithm, kid, claims };
}

/** @see IAM User Guide, id_roles_providers_outbound_getting_started: tokens of GetWebIdentityToken are for services other than AWS. */
function findProvider(claims: Claims, context: TokenContext): OidcProvider {
  const issuer = claims["iss"];
  if (typeof issuer !== "string" || !issuer.startsWith("https://")) {
    throw invalid(
      "Issuer must be a valid URL",
      finding("the token's iss", "an https URL", show(issuer), "an issuer is an https URL"),
    );
  }
  if (OUTBOUND_HOST.test(issuer.slice("https://".length))) {
    throw invalid(
      `No OpenIDConnect provider found in your account for ${issuer}`,
      finding("the token's iss", "an issuer outside of AWS", issuer, "AWS takes no token of GetWebIdentityToken itself"),
    );
  }
  const provider = context.iam.findProvider(context.accountId, issuer);
  if (provider !== null) return provider;
  const known = context.iam.providers(context.accountId).map((each) => each.url);
  const similar = known.find((url) => url.toLowerCase().replace(/\/$/, "") === issuer.toLowerCase().replace(/\/$/, ""));
  const meaning =
    similar === undefined ? "no OIDC provider has this issuer's URL" : `IAM compares exactly: ${similar} is another URL`;
  throw invalid(
    `No OpenIDConnect provider found in your account for ${issuer}`,
    finding("the token's iss", known, issuer, meaning),
  );
}

async function verifyJws(token: string, unverified: UnverifiedToken, findKey: FindKey): Promise<Claims> {
  const issuer = String(unverified.claims["iss"]);
  const found = await findKey(issuer, unverified.kid);
  if (found.kind !== "found") {
    const why = finding("the issuer's documents", `the key ${unverified.kid}`, null, found.why);
    throw invalid(
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
      why,
    );
  }
  const problem = await signatureProblem(token, found.key, unverified.algorithm);
  if (problem === null) return unverified.claims;
  throw invalid(
    "The ID Token signature is invalid",
    finding("the token's signature", `by the published key ${unverified.kid}`, null, problem),
  );
}

/** STS takes integers only: a NumericDate with a fraction (RFC 7519 §2 allows it) is refused. */
function checkTimes(claims: Claims, now: EpochSeconds): void {
  const instant = (name: string, required: boolean): number | null => {
    const value = claims[name];
    if (value === undefined && !required) return null;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw invalid(
      `Token must contain ${name} as an integer timestamp`,
      finding(`the token's ${name}`, "an integer of seconds", show(value), "AWS takes integer times only"),
    );
  };
  const [expiresAt, issuedAt, notBefore] = [instant("exp", true), instant("iat", true), instant("nbf", false)];
  if ((expiresAt ?? 0) <= now) {
    throw new Refusal(
      "ExpiredTokenException",
      `Token expired: current date/time ${now} must be before the expiration date/time ${expiresAt}`,
      [
        finding(
          "the token's exp",
          `after ${now}`,
          String(expiresAt),
          `it ended ${now - (expiresAt ?? 0)} s ago by the sandbox's clock`,
        ),
      ],
    );
  }
  for (const [name, value] of [
    ["iat", issuedAt],
    ["nbf", notBefore],
  ] as const) {
    if (value !== null && value > now + FUTURE_SECONDS) {
      throw invalid(
        `Token is not valid yet: ${name} is in the future`,
        finding(`the token's ${name}`, `at most ${now + FUTURE_SECONDS}`, String(value), "the issuer's clock is ahead"),
      );
    }
  }
}

/** With `azp`, that is what has to be registered, as for Google's tokens; without it, the one `aud`. */
function checkAudience(claims: Claims, provider: OidcProvider): string {
  const aud = claims["aud"];
  const audiences = typeof aud === "string" ? [aud] : Array.isArray(aud) ? aud.filter((one) => typeof one === "string") : [];
  const azp = claims["azp"];
  const candidates = typeof azp === "string" && azp !== "" ? [azp] : audiences;
  if (candidates.length > 1) {
    throw invalid(
      "Incorrect token audience",
      finding("the token's azp", "which of its audiences the token is for", null, "with several audiences it has to have an azp"),
    );
  }
  const registered = audiences.length === 0 ? undefined : candidates.find((one) => provider.clientIds.includes(one));
  if (registered !== undefined) return registered;
  const name = candidates === audiences ? "aud" : "azp";
  throw invalid(
    "Incorrect token audience",
    finding(
      `the token's ${name}`,
      provider.clientIds,
      candidates,
      `the provider ${provider.url} does not list it as a client id`,
    ),
  );
}

function invalid(message: string, because: ReturnType<typeof finding>): Refusal {
  return new Refusal("InvalidIdentityToken", message, [because]);
}

function show(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
