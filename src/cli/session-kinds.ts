import type { Session } from "../core/session.ts";
import type { IdentityEntry } from "../wire/brevet-config/config.ts";
import { identityHandle } from "../wire/issuer-documents/identity-handle.ts";
import type { IdentityParts } from "./identity-kinds.ts";
import type { Asking } from "./resolve-profile.ts";

/** Makes the session of an identity that people sign in as. `asking` is null for who has typed `brevet login`. */
export type SessionLoader = (entry: IdentityEntry, parts: IdentityParts, asking: Asking | null) => Promise<Session>;

/** The session at an OpenID provider. */
export const openOidcSession: SessionLoader = async (entry, { store, http, clock, environment, terminal }, asking) => {
  const [{ parseOidcOptions }, { openSession }, { systemBrowser }, { randomBytes }] = await Promise.all([
    import("../identities/oidc/options.ts"),
    import("../sign-in/open-session.ts"),
    import("../platform/browser.ts"),
    import("../platform/random.ts"),
  ]);
  const options = parseOidcOptions(entry.options, `identities.${entry.name}`);
  return openSession({
    provider: { ...options, identity: entry.name },
    entry: identityHandle(entry.name),
    store: await store(),
    http,
    clock,
    random: randomBytes,
    notices: terminal,
    openBrowser: systemBrowser(environment),
    person: asking === null || asking.interactive === "always" || (asking.interactive === "auto" && terminal.hasPerson),
    hasTerminal: terminal.hasPerson,
    asker: asking === null ? null : { program: null, profile: asking.profile },
  });
};
