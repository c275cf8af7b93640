import type { LoopbackHost } from "../core/loopback.ts";
import type { SigningKey } from "../core/signer.ts";
import type { ClientAuthentication } from "./authenticate-client.ts";

/**
 * An OpenID provider as a client of it is configured: everything that a sign-in needs to know, whatever kind of identity
 * signs in there.
 */
export interface Provider {
  /** What the config calls the identity, for messages and for `brevet login NAME`. */
  readonly identity: string;
  /** `https:`, or `http:` to a loopback address; compared byte for byte. */
  readonly issuer: string;
  readonly clientId: string;
  /** With `openid`. */
  readonly scopes: readonly string[];
  /** Sent with the authorization request besides those of the protocol: `prompt`, `audience`, `resource`. */
  readonly authorizationParameters: Readonly<Record<string, string>>;
  readonly redirect: RedirectSettings;
  /**
   * Whether each sign-in is a grant of its own, so that the one before can be revoked without harm to the next. Absent: not known;
   * a provider may end with a token whatever else the person has at this client, on every machine.
   *
   * @see RFC 7009 §2.1
   */
  readonly grantPerSignIn?: boolean;
  /** Absent: a public client. */
  readonly authentication?: ClientAuthentication;
  /** The key that tokens are bound to (RFC 9449); absent: they are not. */
  readonly proofKey?: () => Promise<SigningKey>;
}

/** Where the provider sends the browser back to. */
export interface RedirectSettings {
  readonly host: LoopbackHost;
  /** Ports that the provider knows, tried in that order; empty: any free port (RFC 8252 §7.3). */
  readonly ports: readonly number[];
  /** Begins with a slash. */
  readonly path: string;
}
