import { randomUUID } from "node:crypto";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { compactJwt, type Json, jwtSigningInput } from "../../wire/jwt/encode.ts";
import { tokenTimes } from "../../wire/jwt/token-times.ts";
import type { AuditEvent } from "../audit/event.ts";
import type { KeySet } from "../keys/key-set.ts";
import type { SignAside } from "../keys/sign-aside.ts";
import type { Unit } from "../store/unit.ts";

/** What a token shall say, and what is recorded of it. */
export interface TokenWish {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  /** The algorithms that the audience verifies, best first. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** Beside `iss`, `sub`, `aud`, `iat`, `exp` and `jti`. */
  readonly claims: Readonly<Record<string, Json>>;
  /** What is left of the session: no token outlives it. */
  readonly lifetimeSeconds: number;
  readonly now: EpochSeconds;
  /** The token's person, the client, the address, and the rule that allowed it. */
  readonly record: Omit<AuditEvent, "name" | "details"> & { readonly rule: string | null; readonly role: string | null };
}

/** The keys, and what signs with them. */
export interface Mint {
  readonly keys: KeySet;
  readonly sign: SignAside;
}

/** A token, which is given to nobody before its unit is committed. */
export interface MintedToken {
  readonly token: string;
  readonly expiresAt: EpochSeconds;
}

/**
 * Mints a token for an audience other than this server: the one place that does. It is signed with a published key, lives five
 * minutes at most, names one audience, and its issuance is collected in the unit, so that none exists unrecorded.
 *
 * Never carries `azp`: AWS would compare that with the audience.
 */
export async function mintToken({ keys, sign }: Mint, unit: Unit, wish: TokenWish): Promise<MintedToken> {
  const { issuer, audience, subject, claims, now, record } = wish;
  const key = keys.signing(wish.algorithms[0] ?? "ES256");
  const jti = randomUUID();
  const { iat, exp: expiresAt } = tokenTimes(now, wish.lifetimeSeconds);
  // Assigned: to what was spread, V8 adds each member by a way that takes a microsecond.
  const signed = Object.assign({}, claims, { iss: issuer, sub: subject, aud: audience, iat, exp: expiresAt, jti });
  const input = jwtSigningInput({ alg: key.algorithm, kid: key.kid, typ: "JWT" }, signed);
  const signature = await sign(key, input);
  const { actor, client, address, rule, role } = record;
  unit.record({
    name: "token.exchanged",
    actor,
    client,
    address,
    details: { jti, audience, subject, role, rule, kid: key.kid, expiresAt },
  });
  return { token: compactJwt(input, signature), expiresAt };
}
