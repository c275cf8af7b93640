import type { Configuration } from "oidc-provider";

/** How long codes and tokens live, in seconds; nothing that a sign-in gave outlives its session. */
export function lifetimes(sessionSeconds: number): NonNullable<Configuration["ttl"]> {
  return {
    AuthorizationCode: 60,
    PushedAuthorizationRequest: 90,
    DeviceCode: 600,
    Interaction: 900,
    IdToken: 600,
    AccessToken: Math.min(3600, sessionSeconds),
    RefreshToken: sessionSeconds,
    Session: sessionSeconds,
    // A grant goes when its tokens have: it has to outlive the last of them.
    Grant: sessionSeconds + 600,
  };
}
