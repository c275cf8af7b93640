import { Fault } from "../../core/fault.ts";
import type { Assertion, AssertionRequest } from "../../core/identity.ts";
import type { Session } from "../../core/session.ts";
import type { Clock } from "../../core/time.ts";
import type { ExchangeToken } from "../../core/token-exchange.ts";
import { ACCESS_TOKEN_TYPE, ID_TOKEN_TYPE, SAML2_TYPE } from "../../wire/oauth/names.ts";

/** What a SAML assertion is got with. */
export interface SamlParts {
  readonly session: Session;
  readonly exchange: ExchangeToken;
  readonly clock: Pick<Clock, "now">;
  /** Which of the session's tokens the provider takes. */
  readonly subjectToken: "access" | "id";
}

/** The token is used at once, at the provider that gave it. */
const MIN_LIFE_SECONDS = 10;
/** Assumed where the provider does not say. The assertion itself tells, and AWS takes none older than five minutes. */
const DEFAULT_LIFE_SECONDS = 60;

/** A SAML assertion for the audience, which the provider gives for a token of the session. @see RFC 8693 */
export async function samlAssertion({ audience }: AssertionRequest, parts: SamlParts): Promise<Assertion> {
  const { session, exchange, clock, subjectToken } = parts;
  const tokens = await session.tokens({ token: subjectToken, minLifeSeconds: MIN_LIFE_SECONDS });
  const token = subjectToken === "id" ? (tokens.idToken?.value ?? null) : tokens.accessToken;
  if (token === null) throw new Fault("ID_TOKEN_ABSENT", `${tokens.issuer} gave no ID token that still lives`);
  const { value, expiresInSeconds } = await exchange({
    person: tokens.person,
    subjectToken: token,
    subjectTokenType: subjectToken === "id" ? ID_TOKEN_TYPE : ACCESS_TOKEN_TYPE,
    audience,
    requestedTokenType: SAML2_TYPE,
  });
  const expiresAt = clock.now() + (expiresInSeconds ?? DEFAULT_LIFE_SECONDS);
  return { form: "saml", value: Promise.resolve(value), audience, expiresAt, subject: tokens.subject };
}
