import * as v from "valibot";
import { operation } from "./operation.ts";
import { instant, NOTHING, page, paging } from "./values.ts";

const uri = v.pipe(v.string(), v.maxLength(2000));
const words = v.pipe(v.array(v.pipe(v.string(), v.maxLength(2000))), v.maxLength(50));

/** What a client says of itself, in the words of the standard; what is not here, a client cannot ask for. @see RFC 7591 §2 */
export const clientMetadata = {
  client_name: v.optional(
    v.pipe(v.string(), v.minLength(1), v.maxLength(100), v.description("What people read before they let it in.")),
  ),
  application_type: v.optional(v.picklist(["web", "native"])),
  redirect_uris: v.optional(v.pipe(v.array(uri), v.maxLength(50))),
  post_logout_redirect_uris: v.optional(v.pipe(v.array(uri), v.maxLength(50))),
  grant_types: v.optional(words),
  response_types: v.optional(words),
  scope: v.optional(v.pipe(v.string(), v.maxLength(1000))),
  token_endpoint_auth_method: v.optional(
    v.picklist(["none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"]),
  ),
  jwks_uri: v.optional(uri),
  jwks: v.optional(v.looseObject({ keys: v.pipe(v.array(v.looseObject({})), v.maxLength(20)) })),
  client_uri: v.optional(uri),
  id_token_signed_response_alg: v.optional(v.picklist(["ES256", "RS256"])),
  backchannel_logout_uri: v.optional(uri),
  backchannel_logout_session_required: v.optional(v.boolean()),
  dpop_bound_access_tokens: v.optional(v.boolean()),
  require_pushed_authorization_requests: v.optional(v.boolean()),
  default_max_age: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400 * 365))),
};

/** A client that is registered. Its secret is in no answer but that of `registerClient`. */
const clientSchema = v.looseObject({
  client_id: v.string(),
  client_id_issued_at: v.optional(v.number()),
  registered: v.nullable(instant),
  client_name: v.optional(v.string()),
  redirect_uris: v.optional(v.array(v.string())),
  grant_types: v.optional(v.array(v.string())),
  token_endpoint_auth_method: v.optional(v.string()),
});

const client = { tag: "clients", query: NOTHING, body: null } as const;

/** What the API does with OpenID clients. The command line itself cannot be changed. */
export const CLIENTS = {
  list: operation({
    ...client,
    name: "listClients",
    method: "GET",
    path: "/clients",
    summary: "Registered OpenID clients, by their ids",
    query: v.strictObject(paging),
    answer: page(clientSchema),
    fresh: false,
    faults: ["CURSOR_INVALID"],
  }),
  show: operation({
    ...client,
    name: "showClient",
    method: "GET",
    path: "/clients/{client}",
    summary: "One client",
    description: "By its id, or the beginning of it, six characters or more.",
    answer: clientSchema,
    fresh: false,
    faults: ["RECORD_ABSENT", "RECORD_AMBIGUOUS"],
  }),
  register: operation({
    ...client,
    name: "registerClient",
    method: "POST",
    path: "/clients",
    summary: "Register a client",
    body: v.strictObject(clientMetadata),
    answer: v.looseObject({
      ...clientSchema.entries,
      client_secret: v.optional(v.pipe(v.string(), v.description("Given only now."))),
    }),
    status: 201,
    fresh: true,
    faults: ["CLIENT_INVALID"],
  }),
  change: operation({
    ...client,
    name: "changeClient",
    method: "PATCH",
    path: "/clients/{client}",
    summary: "Change members of a client's registration",
    description: "By its id, or the beginning of it, six characters or more.",
    body: v.strictObject(clientMetadata),
    answer: clientSchema,
    fresh: true,
    version: "optional",
    faults: ["RECORD_ABSENT", "RECORD_AMBIGUOUS", "CLIENT_INVALID", "VERSION_STALE"],
  }),
  remove: operation({
    ...client,
    name: "removeClient",
    method: "DELETE",
    path: "/clients/{client}",
    summary: "Remove a client; its tokens are worth nothing from then on",
    description: "By its id, or the beginning of it, six characters or more.",
    answer: null,
    fresh: true,
    faults: ["RECORD_ABSENT", "RECORD_AMBIGUOUS"],
  }),
};
