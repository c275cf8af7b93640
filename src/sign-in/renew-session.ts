import { type Configuration, refreshTokenGrant } from "openid-client";
import { Fault } from "../core/fault.ts";
import type { Clock } from "../core/time.ts";
import type { Provider } from "./provider.ts";
import { translated } from "./provider-faults.ts";
import { readTokens, untimely } from "./read-tokens.ts";
import type { SessionRecord } from "./session-record.ts";

/** A session after its renewal. */
export interface RenewedSession {
  readonly record: SessionRecord;
  /** What this machine's clock has against the ID token that came: the record keeps the one before. */
  readonly untimely: Fault | null;
}

/**
 * The session with new tokens, by its refresh token, which the provider may replace: what is returned has to be saved before
 * anything else is done. So a wrong clock is no fault here: the answer would be lost, and the session with it.
 *
 * @throws {Fault} `SESSION_ENDED` if the provider takes the refresh token no more; `ID_TOKEN_SUBJECT` and the other codes of
 * `ID_TOKEN_…`; a fault of the network, after which it is unknown whether the refresh token still serves.
 * @see RFC 6749 §6; OpenID Connect Core 1.0 §12
 */
export async function renewSession(
  record: SessionRecord,
  client: Configuration,
  provider: Provider,
  clock: Pick<Clock, "now">,
): Promise<RenewedSession> {
  const { refreshToken } = record;
  if (refreshToken === null) throw sessionEnded(record, provider);
  const tokens = await translated(provider, async () =>
    readTokens(await refreshTokenGrant(client, refreshToken.reveal()), clock.now()),
  ).catch((cause) => {
    throw cause instanceof Fault && cause.code === "CODE_REFUSED" ? sessionEnded(record, provider, cause) : cause;
  });
  const { idToken } = tokens;
  if (idToken !== null && idToken.claims["sub"] !== record.subject) {
    throw new Fault("ID_TOKEN_SUBJECT", `${provider.issuer} renewed the session of ${record.subject} as somebody else's`);
  }
  const against = untimely(tokens, provider.issuer, clock.now());
  const renewed = {
    ...record,
    ...tokens,
    idToken: against === null && idToken !== null ? idToken : record.idToken,
    refreshToken: tokens.refreshToken ?? refreshToken,
    renewsIdToken: idToken !== null,
    renewalBegan: null,
  };
  return { record: renewed, untimely: against };
}

function sessionEnded({ renewalBegan }: SessionRecord, { identity, issuer }: Provider, cause?: Fault): Fault {
  const why =
    renewalBegan === null || cause === undefined
      ? "the provider takes its refresh token no more"
      : "a renewal was cut off before its answer was kept, and the provider takes the token before that no more";
  return new Fault("SESSION_ENDED", `the session of ${identity} at ${issuer} has ended: ${why}`, {
    hints: [`sign in again: \`brevet login ${identity}\``],
    details: { providerCode: cause?.details["providerCode"] ?? null },
  });
}
