/** A call of STS by its query protocol, before anything signs it. @see STS API Reference, Making Query Requests */
export function encodeStsCall(action: string, parameters: Readonly<Record<string, string>>) {
  return {
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8", "user-agent": "brevet" },
    body: new URLSearchParams({ Action: action, Version: "2011-06-15", ...parameters }).toString(),
  };
}

/**
 * The parameters of `GetWebIdentityToken`, whose tokens live a minute at least. Of its two algorithms only RS256 is asked for:
 * brevet asks no issuer for ES384.
 */
export function webIdentityTokenParameters(audience: string, durationSeconds: number): Readonly<Record<string, string>> {
  return {
    "Audience.member.1": audience,
    SigningAlgorithm: "RS256",
    DurationSeconds: String(Math.max(60, durationSeconds)),
  };
}
