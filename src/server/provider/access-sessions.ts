import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import * as errors from "oidc-provider/lib/helpers/errors.js";
import validateDpop, { checkDpopReplay, type VerifiedProof } from "oidc-provider/lib/helpers/validate_dpop.js";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { ServerRequest } from "../http/route.ts";
import type { VersionedReader } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import type { Account } from "./accounts.ts";
import { withArtifacts } from "./artifacts.ts";
import { isBuiltIn } from "./built-in-clients.ts";
import type { SessionFacts } from "./session-facts.ts";
import { type FindTokenSession, tokenSessions } from "./token-sessions.ts";

/** The session behind a request to one of the server's APIs. */
export interface AccessSession {
  readonly account: Account;
  readonly client: string;
  /** What lists of sessions name it by. */
  readonly grant: string;
  readonly facts: SessionFacts;
}

/** The caller of one of the server's APIs. */
export interface AccessSessions {
  /**
   * The session of the request's access token: of the command line's own client, bound to a key, with a proof by that key for
   * this very request that counts once. A client that anybody registered has no business here, whoever signs in to it.
   *
   * @throws {Fault} `TOKEN_REFUSED`, whose details hold what the challenge has to say.
   * @see RFC 9449 §7
   */
  find(request: ServerRequest, unit: Unit): Promise<AccessSession>;
}

/** What sessions are found by. */
export interface AccessParts {
  readonly issuer: string;
  readonly reader: VersionedReader;
  readonly sessionSeconds: number;
  readonly now: () => EpochSeconds;
}

/** Sessions of the provider that serves now. */
export function accessSessions(current: () => Provider, parts: AccessParts): AccessSessions {
  const findSession = tokenSessions(current, parts);
  return {
    find: (request, unit) => withArtifacts(request.raw.request, unit, () => find(current(), parts, findSession, request)),
  };
}

async function find(
  provider: Provider,
  parts: AccessParts,
  findSession: FindTokenSession,
  request: ServerRequest,
): Promise<AccessSession> {
  const [, value] = /^DPoP ([\w.~+/-]{1,4096}=*)$/i.exec(request.header("authorization") ?? "") ?? [];
  if (value === undefined) throw refused(null);
  const context = proofContext(provider, parts, request);
  const proof = await verifyProof(provider, context, value);
  const session = await findSession(value);
  if (session === null || !isBuiltIn(session.client)) throw refused("invalid_token");
  if (session.thumbprint !== proof.thumbprint) throw refused("invalid_token");
  await checkDpopReplay(provider, context, proof, session.client);
  return session;
}

async function verifyProof(provider: Provider, context: KoaContextWithOIDC, token: string): Promise<VerifiedProof> {
  try {
    const proof = await validateDpop(provider, context, token);
    if (proof !== undefined) return proof;
  } catch (cause) {
    if (!(cause instanceof errors.OIDCProviderError)) throw cause;
    throw refused(cause.error, context.response.get("dpop-nonce"));
  }
  throw refused("invalid_dpop_proof");
}

/** As much of a context of the provider's as its validator of proofs looks at. */
function proofContext(provider: Provider, { issuer }: AccessParts, request: ServerRequest): KoaContextWithOIDC {
  const answered = new Map<string, string>();
  const context = {
    method: request.method,
    get: (name: string) => request.header(name.toLowerCase()) ?? "",
    set: (name: string, value: string) => void answered.set(name.toLowerCase(), value),
    assert(condition: unknown, cause: Error) {
      if (!condition) throw cause;
    },
    response: { get: (name: string) => answered.get(name) ?? "" },
    // The URL that the client has to have meant is the issuer's, whatever host the request names.
    oidc: { provider, route: "api", urlFor: () => `${issuer}${request.path}` },
  };
  // A whole context is made by Koa, which a request of an API does not go through.
  return context as unknown as KoaContextWithOIDC;
}

function refused(error: string | null, nonce = ""): Fault {
  const message =
    error === null
      ? "an access token is needed, with a proof by the key that it is bound to"
      : "the access token is not of a session here that goes on, or its proof is not by its key";
  return new Fault("TOKEN_REFUSED", message, { hints: ["sign in: `brevet login`"], details: { error, nonce } });
}
