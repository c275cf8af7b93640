import { Fault } from "../../core/fault.ts";
import type { Assertion, AssertionRequest, Identity } from "../../core/identity.ts";
import type { Secret } from "../../core/secret.ts";
import { type Session, signedInSummary, type TokenWish } from "../../core/session.ts";
import type { Clock } from "../../core/time.ts";
import type { ExchangeToken } from "../../core/token-exchange.ts";
import { decodeJwtUnverified } from "../../wire/jwt/decode.ts";
import { LONGEST_TOKEN_SECONDS } from "../../wire/jwt/token-times.ts";
import { ACCESS_TOKEN_TYPE, ID_TOKEN_TYPE } from "../../wire/oauth/names.ts";

/** A person at a login server: what the identity is made of. */
export interface ServerPerson {
  /** In the config. */
  readonly name: string;
  readonly url: string;
  readonly session: Session;
  readonly exchange: ExchangeToken;
  readonly clock: Pick<Clock, "now">;
}

/** The access token is used at once, at the server that gave it. */
const MIN_LIFE_SECONDS = 10;

/**
 * The identity kind `server`: a person who signs in once a day at a brevet login server. The server decides for each audience,
 * each time, whether it mints a token for the session whose key this machine holds.
 */
export function serverIdentity(person: ServerPerson): Identity {
  const { name, url, session } = person;
  return {
    async describe() {
      const signedIn = await session.describe();
      return {
        kind: "server",
        issuer: url,
        // Tokens name the person as the server's rules want it.
        subject: null,
        summary: signedInSummary(name, signedIn),
        session: signedIn,
      };
    },
    assert: (request) => assertPerson(person, request),
  };
}

async function assertPerson(
  { name, url, session, exchange, clock }: ServerPerson,
  request: AssertionRequest,
): Promise<Assertion> {
  checkAnswerable(name, request);
  const wish = { token: "access", minLifeSeconds: MIN_LIFE_SECONDS } as const;
  const { accessToken, person } = await session.tokens(wish);
  // A role's trust policy names the server's own URL as the audience, where nobody chose another.
  const audience = request.audienceIsDefault === true ? url : request.audience;
  const exchangeFor = (subjectToken: Secret<string>) =>
    exchange({
      person,
      subjectToken,
      subjectTokenType: ACCESS_TOKEN_TYPE,
      audience,
      requestedTokenType: ID_TOKEN_TYPE,
      parameters: {
        requested_signing_alg: request.algorithms.join(" "),
        ...(request.forRole === undefined ? {} : { resource: request.forRole }),
      },
    });
  const { value, expiresInSeconds } = await exchangeFor(accessToken).catch(async (cause: unknown) => {
    // An administrator may have ended the session, or only this token be gone: its renewal tells.
    if (isTokenRefused(cause)) return exchangeFor((await session.tokens({ ...wish, refused: accessToken })).accessToken);
    if (!lacksFreshness(cause)) throw cause;
    return exchangeFor(await freshToken(session, { ...wish, signedInAfter: clock.now() }, cause));
  });
  const { sub } = decodeJwtUnverified(value.reveal()).claims;
  return {
    form: "jwt",
    value: Promise.resolve(value),
    audience,
    expiresAt: clock.now() + (expiresInSeconds ?? LONGEST_TOKEN_SECONDS),
    // The e-mail address, or the opaque id where the server's rules want that.
    ...(typeof sub === "string" ? { subject: sub } : {}),
  };
}

/** Has the person sign in once more; where nobody can be asked, what was refused stays refused. */
async function freshToken(session: Session, wish: TokenWish, refusal: unknown): Promise<Secret<string>> {
  try {
    return (await session.tokens(wish)).accessToken;
  } catch (cause) {
    throw cause instanceof Fault && cause.code === "PERSON_ABSENT" ? refusal : cause;
  }
}

/** The rule allows the token, but only soon after a sign-in. */
function lacksFreshness(cause: unknown): boolean {
  return cause instanceof Fault && cause.code === "TOKEN_EXCHANGE_REFUSED" && cause.details["lacking"] === "fresh";
}

/** RFC 6749 §5.2: of the token and not of what was asked for by it. */
function isTokenRefused(cause: unknown): boolean {
  return cause instanceof Fault && cause.code === "TOKEN_EXCHANGE_REFUSED" && cause.details["providerCode"] === "invalid_grant";
}

/** Before anybody is asked to sign in for something that cannot come of it. */
function checkAnswerable(name: string, request: AssertionRequest): void {
  if (request.form !== "jwt") {
    throw new Fault("ASSERTION_UNSUPPORTED", `the login server of ${name} gives tokens and cannot make a SAML assertion`, {
      hints: ["take `saml` out of the profile: a role can trust the server's tokens"],
    });
  }
  if (request.tags !== undefined || request.sourceIdentity !== undefined) {
    throw new Fault(
      "ASSERTION_UNSUPPORTED",
      `the login server of ${name} says itself which tags and source identity a token has`,
      {
        hints: ["take `tags` and `sourceIdentity` out of the profile: the server's rules have them"],
      },
    );
  }
}
