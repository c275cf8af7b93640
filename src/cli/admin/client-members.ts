import type * as v from "valibot";
import type { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import type { FlagTable, FlagValues } from "../command.ts";

/** What a client's registration is made or changed by. */
export const CLIENT_FLAGS = {
  name: { kind: "text", value: "NAME", doc: "what people read before they let it in" },
  redirect: {
    kind: "texts",
    value: "URL",
    doc: "where browsers are sent back to: https, http to this machine, with --native a scheme of its own",
  },
  "logout-redirect": { kind: "texts", value: "URL", doc: "where browsers may be sent after a sign-out" },
  method: {
    kind: "text",
    value: "METHOD",
    choices: ["none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"],
    doc: "how it proves itself; for a new one, default client_secret_basic",
  },
  "jwks-uri": { kind: "text", value: "URL", doc: "where its own keys are, for private_key_jwt" },
  native: { kind: "switch", doc: "a program on people's machines, which may use any port of 127.0.0.1" },
  refresh: { kind: "switch", doc: "it may have refresh tokens" },
} as const satisfies FlagTable;

type ClientBody = v.InferInput<typeof CLIENTS.register.body>;

/** The flags in the words of RFC 7591; what was not given is not there. */
export function clientMembers(flags: FlagValues<typeof CLIENT_FLAGS>): ClientBody {
  const { name, redirect, method, native, refresh, "logout-redirect": after, "jwks-uri": jwksUri } = flags;
  return {
    ...(name === undefined ? {} : { client_name: name }),
    ...(redirect.length === 0 ? {} : { redirect_uris: [...redirect] }),
    ...(after.length === 0 ? {} : { post_logout_redirect_uris: [...after] }),
    ...(method === undefined
      ? {}
      : { token_endpoint_auth_method: method as NonNullable<ClientBody["token_endpoint_auth_method"]> }),
    ...(jwksUri === undefined ? {} : { jwks_uri: jwksUri }),
    ...(native ? { application_type: "native" as const } : {}),
    ...(refresh ? { grant_types: ["authorization_code", "refresh_token"] } : {}),
  };
}
