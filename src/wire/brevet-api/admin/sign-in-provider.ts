import * as v from "valibot";
import { upstreamSchema } from "../upstream.ts";
import { operation } from "./operation.ts";
import { NOTHING } from "./values.ts";

const provider = v.object(upstreamSchema.entries);
const about = { tag: "sign-in-provider", path: "/sign-in-provider", query: NOTHING, body: null } as const;

/** What the API does with the identity provider at which people show who they are before they register a first key. */
export const SIGN_IN_PROVIDER = {
  show: operation({
    ...about,
    name: "showSignInProvider",
    method: "GET",
    summary: "The identity provider at which people show who they are before they register a first key",
    answer: v.object({ provider: v.nullable(v.pipe(provider, v.description("null: none."))) }),
    fresh: false,
    faults: [],
  }),
  set: operation({
    ...about,
    name: "setSignInProvider",
    method: "PUT",
    summary: "Set that provider, or another in its place",
    description:
      "The header If-Match has the `etag` of what it takes the place of. The provider is asked for its discovery document before it is kept: one that cannot be asked would let nobody in.",
    body: v.strictObject({
      ...upstreamSchema.entries,
      clientSecret: v.optional(
        v.pipe(
          v.string(),
          v.minLength(1),
          v.maxLength(1000),
          v.description(
            "The server's secret there, which no answer has. Default: the one that is kept for this issuer and client.",
          ),
        ),
      ),
    }),
    answer: v.object({ provider }),
    fresh: true,
    version: "needed",
    faults: ["NAME_INVALID", "URL_INVALID", "UPSTREAM_UNREACHABLE", "VERSION_STALE"],
  }),
  remove: operation({
    ...about,
    name: "removeSignInProvider",
    method: "DELETE",
    summary: "Have no such provider any more",
    answer: null,
    fresh: true,
    version: "optional",
    faults: ["VERSION_STALE"],
  }),
};
