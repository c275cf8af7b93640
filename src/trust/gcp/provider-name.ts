const PROVIDER_NAME = /^(projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]{4,32})\/providers\/[a-z0-9-]{4,32}$/;

/**
 * The pool of a provider's resource name; null if it is none. Google's STS takes the number of the project only, not its id.
 */
export function poolOfProvider(name: string): string | null {
  return PROVIDER_NAME.exec(name)?.[1] ?? null;
}

/** The `audience` that Google's STS is asked with, and, with `https:` before it, the default audience of tokens. */
export function providerAudience(name: string): string {
  return `//iam.googleapis.com/${name}`;
}
