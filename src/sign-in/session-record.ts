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
  /** Whether a renewal brings an ID token, as far as the last one showed; some providers send none. */
  readonly renewsIdToken: boolean;
  /**
   * When a renewal was begun whose answer was never kept: the process died, or the network did. A provider that replaces
   * refresh tokens may have replaced this one.
   */
  readonly renewalBegan: EpochSeconds | null;
}

/** The record of a new sign-in. @throws {Fault} `ID_TOKEN_ABSENT` */
export function newRecord(tokens: TokenSet, { issuer, clientId }: Provider, now: EpochSeconds): SessionRecord {
  const { idToken } = tokens;
  if (idToken === null)
    throw new Fault("ID_TOKEN_ABSENT", `${issuer} sent no ID token`, { hints: ["ask for the scope `openid`"] });
  return {
    ...tokens,
    idToken,
    issuer,
    clientId,
    subject: String(idToken.claims["sub"]),
    signedInAt: now,
    renewsIdToken: true,
    renewalBegan: null,
  };
}

/** The tokens of a record. */
export function tokensOf(record: SessionRecord, now: EpochSeconds): SessionTokens {
  const { issuer, subject, idToken, accessToken, accessTokenExpiresAt, tokenType } = record;
  return {
    issuer,
    subject,
    person: nameOfPerson(idToken.claims),
    idToken: idToken.expiresAt > now ? idToken : null,
    accessToken,
    accessTokenExpiresAt,
    tokenType,
  };
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
    renewable: record.refreshToken !== null && record.renewsIdToken,
  };
}

/** The form in which it is sealed; only {@link readRecord} takes it. */
export function plainRecord(record: SessionRecord): PlainRecord {
  const { idToken, accessToken, refreshToken, ...rest } = record;
  return {
    ...rest,
    idToken: { ...idToken, value: idToken.value.reveal() },
    accessToken: accessToken.reveal(),
    refreshToken: refreshToken?.reveal() ?? null,
  };
}

/** What {@link plainRecord} made: it was sealed, so nobody else can have written it. */
export function readRecord(plain: PlainRecord): SessionRecord {
  const { idToken, accessToken, refreshToken, ...rest } = plain;
  return {
    ...rest,
    idToken: { ...idToken, value: new Secret("ID token", idToken.value) },
    accessToken: new Secret("access token", accessToken),
    refreshToken: refreshToken === null ? null : new Secret("refresh token", refreshToken),
  };
}

/** A record without its wrappings; only inside of a sealed entry. */
export interface PlainRecord extends Omit<SessionRecord, "idToken" | "accessToken" | "refreshToken"> {
  readonly idToken: Omit<IdToken, "value"> & { readonly value: string };
  readonly accessToken: string;
  readonly refreshToken: string | null;
}
