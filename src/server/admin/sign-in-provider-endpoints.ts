import { SIGN_IN_PROVIDER } from "../../wire/brevet-api/admin/sign-in-provider.ts";
import { clientSecretFor, parseUpstream, readUpstream, writeUpstream } from "../upstream/upstream.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

/** The provider before the registration of a first key: shown, set, removed. */
export const signInProviderEndpoints: readonly Endpoint[] = [
  endpoint(SIGN_IN_PROVIDER.show, ({ seal }) => async (_call, unit) => {
    return { value: { provider: (await readUpstream(unit, seal))?.upstream ?? null } };
  }),
  endpoint(SIGN_IN_PROVIDER.set, ({ seal, tryUpstream }) => async ({ body: { clientSecret, ...said }, by }, unit) => {
    const upstream = parseUpstream(said);
    const client = { upstream, clientSecret: clientSecretFor(upstream, clientSecret, await readUpstream(unit, seal)) };
    await tryUpstream(client);
    writeUpstream(unit, seal, client, by);
    return { value: { provider: upstream } };
  }),
  endpoint(SIGN_IN_PROVIDER.remove, ({ seal }) => async ({ by }, unit) => {
    writeUpstream(unit, seal, null, by);
    return { value: null };
  }),
];
