/** What grants of our own need of the provider and its package does not export: its validator of DPoP proofs. */
declare module "oidc-provider/lib/helpers/validate_dpop.js" {
  import type { KoaContextWithOIDC, Provider } from "oidc-provider";

  /** A proof that was verified; undefined when none came. */
  export interface VerifiedProof {
    readonly thumbprint: string;
    readonly jti: string;
    readonly iat: number;
  }

  /** @throws `InvalidDpopProof`, `UseDpopNonce` */
  export default function validateDpop(
    provider: Provider,
    context: KoaContextWithOIDC,
    accessToken?: string,
  ): Promise<VerifiedProof | undefined>;

  /** @throws `InvalidGrant` for a proof that was seen before. */
  export function checkDpopReplay(
    provider: Provider,
    context: KoaContextWithOIDC,
    proof: VerifiedProof | undefined,
    clientId: string,
  ): Promise<void>;
}

/** Where the provider keeps the context of the request that it serves. */
declare module "oidc-provider/lib/helpers/als.js" {
  import type { AsyncLocalStorage } from "node:async_hooks";
  import type { IncomingMessage } from "node:http";

  const contexts: AsyncLocalStorage<{ readonly req: IncomingMessage; readonly ip?: string }>;
  export default contexts;
}

/*
 * The parts of the package itself. Its index does no more than name them, and tell whoever starts the program on Node 20 or Bun that
 * the runtime is not supported: what we run it on is ours to answer for, and our tests do.
 */

declare module "oidc-provider/lib/provider.js" {
  export { Provider } from "oidc-provider";
}

declare module "oidc-provider/lib/helpers/errors.js" {
  import { errors } from "oidc-provider";
  export = errors;
}

declare module "oidc-provider/lib/helpers/interaction_policy/index.js" {
  import { interactionPolicy } from "oidc-provider";
  export = interactionPolicy;
}
