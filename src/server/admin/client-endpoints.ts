import { formatUtc } from "../../core/time.ts";
import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { type Metadata, withoutSecret } from "../provider/client-secret.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";

/** OpenID clients: listed, registered, changed, removed. */
export const clientEndpoints: readonly Endpoint[] = [
  endpoint(CLIENTS.list, ({ clients }) => async ({ query }, unit) => {
    const { items, next } = await clients.list(unit, wishOf(query));
    return { value: { items: items.map(({ metadata }) => shown(metadata)), next } };
  }),
  endpoint(CLIENTS.show, ({ clients }) => async ({ segment }, unit) => {
    return { value: shown((await clients.find(unit, segment("client"))).metadata) };
  }),
  endpoint(CLIENTS.register, ({ clients }) => async ({ body, by, request }, unit) => {
    const made = await clients.register(request.raw.request, unit, body, by);
    const secret = made["client_secret"];
    return { value: { ...shown(made), ...(typeof secret === "string" ? { client_secret: secret } : {}) } };
  }),
  endpoint(CLIENTS.change, ({ clients }) => async ({ segment, body, by, requireVersion, request }, unit) => {
    const client = await clients.find(unit, segment("client"));
    requireVersion(shown(client.metadata));
    return { value: shown(await clients.change(request.raw.request, unit, client, body, by)) };
  }),
  endpoint(CLIENTS.remove, ({ clients }) => async ({ segment, by }, unit) => {
    await clients.remove(unit, segment("client"), by);
    return { value: null };
  }),
];

/** Never with the secret: whoever reads a list must not be able to be the client. */
function shown(client: Metadata) {
  const { client_id: id, ...metadata } = withoutSecret(client);
  const issued = metadata["client_id_issued_at"];
  return { client_id: String(id), registered: typeof issued === "number" ? formatUtc(issued) : null, ...metadata };
}
