import { Fault } from "../core/fault.ts";
import { Secret } from "../core/secret.ts";
import type { IdToken, SessionDescription, SessionTokens } from "../core/session.ts";
import type { EpochSeconds } from "../core/time.ts";
import { nameOfPerson } from "./person.ts";
import type { Provider } from "./provider.ts";
import type { TokenSet } from "./read-tokens.ts";

/** A session as it is kept, sealed: what the last answer of the provider left. */
export interface SessionRecord {
  /** Another issuer or client in the config makes the record one of nobody. */
  readonly issuer: string;
  readonly clientId: string;
  readonly subject: string;
  readonly signedInAt: EpochSeconds;
  /** The last one there was: it serves until its end, also where a refresh brings none. */
  readonly idToken: IdToken;
  readonly accessToken: Secret<string>;
  readonly accessTokenExpiresAt: EpochSeconds | null;
  readonly refreshToken: Secret<string> | null;
  readonly tokenType: SessionTokens["tokenType"];
}

/** The record of a new sign-in. @throws {Fault} `ID_TOKEN_ABSENT` */
export function newRecord(tokens: TokenSet, { issuer, clientId }: Provider, now: EpochSeconds): SessionRecord {
  const { idToken } = tokens;
  if (idToken === null)
    throw new Fault("ID_TOKEN_ABSENT", `${issuer} sent no ID token`, { hints: ["ask for the scope `openid`"] });
  return { ...tokens, idToken, issuer, clientId, subject: String(idToken.claims["sub"]), signedInAt: now };
}

/** The tokens of a record. */
export function tokensOf(record: SessionRecord, now: EpochSeconds): SessionTokens {
  const { issuer, subject, idToken, accessToken, accessTokenExpiresAt, tokenType } = record;
  return { issuer, subject, idToken: idToken.expiresAt > now ? idToken : null, accessToken, accessTokenExpiresAt, tokenType };
}

/** What may be told of a record. */
export function describeRecord(record: SessionRecord): SessionDescription {
  const label = nameOfPerson(record.idToken.claims);
  return {
    issuer: record.issuer,
    subject: record.subject,
    label: label === record.subject ? null : label,
    signedInAt: record.signedInAt,
    idTokenExpiresAt: record.idToken.expiresAt,
    renewable: record.refreshToken !== null,
  };
}

/** The form in which the store seals it. */
export function encodeRecord(record: SessionRecord): Secret<string> {
  const { idToken, accessToken, refreshToken, ...rest } = record;
  const plain = {
    ...rest,
    version: 1,
    idToken: { ...idToken, value: idToken.value.reveal() },
    accessToken: accessToken.reveal(),
    refreshToken: refreshToken?.reveal() ?? null,
  };
  return new Secret("session", JSON.stringify(plain));
}

/** What {@link encodeRecord} made; null for the session at another issuer, or of another client, than the config names now. */
export function parseRecord(sealed: Secret<string>, { issuer, clientId, identity }: Provider): SessionRecord | null {
  const { version, idToken, accessToken, refreshToken, ...rest } = JSON.parse(sealed.reveal());
  if (version !== 1) {
    throw new Fault("STORE_ENTRY_DAMAGED", `the session of ${identity} was kept by another version of brevet`, {
      hints: [`sign in anew: \`brevet logout ${identity}\`, then \`brevet login ${identity}\``],
    });
  }
  if (rest.issuer !== issuer || rest.clientId !== clientId) return null;
  return {
    ...rest,
    idToken: { ...idToken, value: new Secret("ID token", idToken.value) },
    accessToken: new Secret("access token", accessToken),
    refreshToken: refreshToken === null ? null : new Secret("refresh token", refreshToken),
  };
}
