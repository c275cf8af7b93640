import { SIGN_IN_PROVIDER } from "../../wire/brevet-api/admin/sign-in-provider.ts";
import { clientSecretFor, openUpstream, parseUpstream, replaceUpstream, upstreamDocument } from "../upstream/upstream.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

/** The provider before the registration of a first key: shown, set, removed. */
export const signInProviderEndpoints: readonly Endpoint[] = [
  endpoint(SIGN_IN_PROVIDER.show, ({ seal }) => async (_call, unit) => {
    const document = await upstreamDocument(unit);
    return { value: { provider: openUpstream(document, seal)?.upstream ?? null }, version: document };
  }),
  endpoint(
    SIGN_IN_PROVIDER.set,
    ({ seal, tryUpstream }) =>
      async ({ body: { clientSecret, ...said }, by, requireVersion }, unit) => {
        const before = await upstreamDocument(unit);
        requireVersion(before);
        const upstream = parseUpstream(said);
        const client = { upstream, clientSecret: clientSecretFor(upstream, clientSecret, openUpstream(before, seal)) };
        await tryUpstream(client);
        replaceUpstream(unit, seal, { before, client }, by);
        await unit.commit();
        return { value: { provider: upstream }, version: await upstreamDocument(unit) };
      },
  ),
  endpoint(SIGN_IN_PROVIDER.remove, ({ seal }) => async ({ by, requireVersion }, unit) => {
    const before = await upstreamDocument(unit);
    requireVersion(before);
    replaceUpstream(unit, seal, { before, client: null }, by);
    return { value: null };
  }),
];
