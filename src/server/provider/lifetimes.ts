import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import type { EpochSeconds } from "../../core/time.ts";
import { sourceOf } from "./session-facts.ts";

/** How long a person has for one page of a sign-in. */
export const INTERACTION_SECONDS = 900;

/** How long codes and tokens live, in seconds; nothing that a sign-in gave outlives its session. */
export function lifetimes(sessionSeconds: number, now: () => EpochSeconds): NonNullable<Configuration["ttl"]> {
  /** Until the session of the sign-in ends, however often its tokens were renewed. */
  const left = (signedInAt: number | undefined): number => Math.max(1, (signedInAt ?? now()) + sessionSeconds - now());
  return {
    AuthorizationCode: 60,
    PushedAuthorizationRequest: 90,
    DeviceCode: 600,
    Interaction: INTERACTION_SECONDS,
    IdToken: 600,
    AccessToken: (context: KoaContextWithOIDC) => Math.min(3600, left(sourceOf(context).authTime)),
    RefreshToken: (_context: KoaContextWithOIDC, token) => left(token.authTime),
    // Used or not: a browser is signed in no longer than what it was given.
    Session: (_context: KoaContextWithOIDC, session) => left(session.loginTs),
    // A grant goes when its tokens have: it has to outlive the last of them.
    Grant: sessionSeconds + 600,
  };
}
