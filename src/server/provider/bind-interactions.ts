import type { IncomingMessage } from "node:http";
import type { Adapter, KoaContextWithOIDC, Provider } from "oidc-provider";
import contexts from "oidc-provider/lib/helpers/als.js";
import { type OwnCookie, ownCookie, readCookies } from "../http/cookies.ts";
import { INTERACTION_SECONDS } from "./lifetimes.ts";

/*
 * An interaction belongs to the browser that it was begun in. The provider's own cookies of it have a path, and so no `__Host-`: a
 * neighbouring host can set them in somebody's browser, who would then finish, with their own key, what another began; or go on with
 * what another finished, as that one. So a browser gets a cookie of ours for each of its interactions, and finds none without it.
 */

const cookieOf = (issuer: string, uid: string): OwnCookie => ownCookie(issuer, `begun_${uid}`, { seconds: INTERACTION_SECONDS });

/** Gives a browser the cookie of each interaction that begins in it, and takes it back at the end. */
export function bindInteractions(provider: Provider): void {
  const say = (context: KoaContextWithOIDC, value: (cookie: OwnCookie) => string): void => {
    const uid = context.oidc.entities.Interaction?.uid;
    if (uid !== undefined) context.append("set-cookie", value(cookieOf(provider.issuer, uid)));
  };
  provider.on("interaction.started", (context) => say(context, (cookie) => cookie.set("1")));
  provider.on("interaction.ended", (context) => say(context, (cookie) => cookie.clear()));
}

/** An adapter that finds an interaction only for a request of the browser that it was begun in. */
export function boundInteractions(adapter: Adapter, issuer: string): Adapter {
  const isOf = (request: IncomingMessage | undefined, uid: string): boolean =>
    readCookies(request?.headers.cookie ?? "").has(cookieOf(issuer, uid).name);
  return { ...adapter, find: async (uid) => (isOf(contexts.getStore()?.req, uid) ? adapter.find(uid) : undefined) };
}
