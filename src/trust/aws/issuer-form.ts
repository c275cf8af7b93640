/**
 * Why AWS refuses that issuer before it looks for a provider, as the end of a sentence; null where its form is right. No cloud
 * trusts an issuer over http; AWS takes no port either.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export function issuerFormProblem(issuer: string): string | null {
  if (!issuer.startsWith("https://")) return "it does not begin with https://, as every cloud asks for";
  return /^https:\/\/[^/]*:\d*(\/|$)/.test(issuer) ? "it has a port, and AWS takes none" : null;
}
