import type { Provider } from "oidc-provider";
import contexts from "oidc-provider/lib/helpers/als.js";
import { readCookies } from "../http/cookies.ts";
import { currentUnit } from "./artifacts.ts";
import type { ProviderParts } from "./provider-parts.ts";

/**
 * Signs a browser out of the whole server: of the provider's session, even if another request gives it a new id meanwhile, and of our own
 * pages. The adapter of sessions cannot do this: it is also asked to destroy the old id of a session that goes on under a new one.
 */
export function endSessionsForGood(provider: Provider, { endPageSession }: Pick<ProviderParts, "endPageSession">): void {
  provider.on("session.destroyed", ({ uid }) => {
    const unit = currentUnit();
    unit.write("DELETE FROM artifact WHERE kind = 'Session' AND uid = ?", [uid]);
    endPageSession(unit, provider.issuer, readCookies(contexts.getStore()?.req.headers.cookie ?? ""));
  });
}
