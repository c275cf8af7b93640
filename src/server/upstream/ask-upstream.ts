import * as client from "openid-client";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { OutboundFetch } from "../http/outbound-fetch.ts";
import { readUpstreamPerson, type UpstreamClient, type UpstreamPerson } from "./upstream.ts";

/** What one attempt is bound to at the provider. */
export interface UpstreamAttempt {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636 */
  readonly verifier: string;
}

/** Asks the provider. Every URL that it names is fetched as a client's is: to public addresses, or those that were allowed. */
export interface AskUpstream {
  /**
   * Where the browser is sent. @throws {Fault} `UPSTREAM_UNREACHABLE` when its documents cannot be fetched or are another
   * issuer's.
   */
  authorizationUrl(upstream: UpstreamClient, attempt: UpstreamAttempt): Promise<string>;
  /**
   * Redeems what the browser brought back, and verifies the person that it names.
   *
   * @throws {Fault} `UPSTREAM_REFUSED`, `UPSTREAM_UNREACHABLE`
   */
  person(upstream: UpstreamClient, answer: URL, attempt: UpstreamAttempt): Promise<UpstreamPerson>;
}

/** @param redirectUri where the provider sends browsers back to. */
export function askUpstream(reach: OutboundFetch, redirectUri: string): AskUpstream {
  const configure = async ({ upstream, clientSecret }: UpstreamClient): Promise<client.Configuration> => {
    const insecure = upstream.issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
    try {
      return await client.discovery(new URL(upstream.issuer), upstream.clientId, clientSecret.reveal(), undefined, {
        // The network is the server's own door; signatures are verified although the tokens come by TLS.
        [client.customFetch]: (url, options) => reach(url, options as RequestInit),
        execute: [...insecure, client.enableNonRepudiationChecks],
        timeout: 10,
      });
    } catch (cause) {
      throw unreachable(upstream.name, cause);
    }
  };
  return {
    async authorizationUrl(upstream, { state, nonce, verifier }) {
      const url = client.buildAuthorizationUrl(await configure(upstream), {
        redirect_uri: redirectUri,
        scope: "openid email profile",
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        prompt: promptFor(upstream.upstream.issuer),
      });
      if (url.protocol !== "https:" && !upstream.upstream.issuer.startsWith("http:"))
        throw unreachable(upstream.upstream.name, url.protocol);
      return url.href;
    },
    async person(upstream, answer, { state, nonce, verifier }) {
      const configuration = await configure(upstream);
      try {
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
        const tokens = await client.authorizationCodeGrant(configuration, answer, checks);
        return readUpstreamPerson(upstream.upstream, tokens.claims() ?? {});
      } catch (cause) {
        if (cause instanceof Fault) throw cause;
        throw new Fault("UPSTREAM_REFUSED", `${upstream.upstream.name} did not say who you are${reasonOf(cause)}`, {
          cause,
          hints: ["begin again; if it stays so, an administrator has to look at the sign-in provider"],
        });
      }
    },
  };
}

function unreachable(name: string, cause: unknown): Fault {
  return new Fault("UPSTREAM_UNREACHABLE", `${name} cannot be asked now, or its documents are those of another issuer`, {
    cause,
  });
}

/** On a shared machine somebody else may be signed in at the provider, so the person has to see for which account they register a key. */
function promptFor(issuer: string): string {
  // OpenID Connect Core 1.0 §3.1.2.1 has both words; these two take this one, and others do not have to.
  const { hostname } = new URL(issuer);
  return hostname === "accounts.google.com" || hostname === "login.microsoftonline.com" ? "select_account" : "login";
}

/** The error code of the provider or the library, for whoever is asked for help; never a text of theirs. */
function reasonOf(cause: unknown): string {
  const { error, code } = (cause ?? {}) as { readonly error?: unknown; readonly code?: unknown };
  const word = typeof error === "string" ? error : code;
  return typeof word === "string" && /^\w{1,60}$/.test(word) ? ` (${word})` : "";
}

/** Asks a provider for what a sign-in would begin with, when it is configured. @throws {Fault} `UPSTREAM_UNREACHABLE` */
export async function tryUpstream(ask: AskUpstream, client: UpstreamClient): Promise<void> {
  try {
    await ask.authorizationUrl(client, { state: "x", nonce: "x", verifier: "x".repeat(43) });
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "UPSTREAM_UNREACHABLE") throw cause;
    const { issuer } = client.upstream;
    const document = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    throw cause.told({
      hints: [
        `see what it says, from the server's machine: \`${shellCommand`curl ${document}`}\`, whose \`issuer\` has to be ${issuer}`,
        "one in a network of your own is asked only where `internalNetworks` of server.json names that network",
      ],
    });
  }
}
