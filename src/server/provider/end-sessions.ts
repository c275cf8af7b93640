import type { Provider } from "oidc-provider";
import contexts from "oidc-provider/lib/helpers/als.js";
import { ownCookie, PAGE_COOKIE, readCookies } from "../http/cookies.ts";
import { endWebSession } from "../people/web-session.ts";
import { currentUnit } from "./artifacts.ts";

/**
 * Has somebody who signs out be signed out of all of this server in that browser: of the provider's session under whatever id another
 * request gives it meanwhile, and of our own pages. The adapter of sessions cannot tell: it is asked to destroy the old id of a session
 * that goes on by a new one, too.
 */
export function endSessionsForGood(provider: Provider): void {
  const { name } = ownCookie(provider.issuer, PAGE_COOKIE);
  provider.on("session.destroyed", ({ uid }) => {
    const unit = currentUnit();
    unit.write("DELETE FROM artifact WHERE kind = 'Session' AND uid = ?", [uid]);
    const secret = readCookies(contexts.getStore()?.req.headers.cookie ?? "").get(name);
    if (secret !== undefined) endWebSession(unit, secret);
  });
}
