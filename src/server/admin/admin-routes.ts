import type { Route } from "../http/route.ts";
import type { AdminParts } from "./authorise.ts";
import { inviteEndpoints } from "./invite-endpoints.ts";
import { keyEndpoints } from "./key-endpoints.ts";
import { peopleEndpoints } from "./people-endpoints.ts";

/** The administrators' API. To add to it is to add a list of endpoints here. */
export function adminApiRoutes(parts: AdminParts): readonly Route[] {
  return [...peopleEndpoints, ...keyEndpoints, ...inviteEndpoints].map((endpoint) => endpoint(parts));
}
