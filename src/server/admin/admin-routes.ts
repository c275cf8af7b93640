import { OPENAPI_PATH } from "../../wire/brevet-api/admin/operation.ts";
import { jsonAnswer, type Route } from "../http/route.ts";
import { auditEndpoints } from "./audit-endpoints.ts";
import type { AdminParts } from "./authorise.ts";
import { clientEndpoints } from "./client-endpoints.ts";
import type { Endpoint } from "./endpoint.ts";
import { groupEndpoints } from "./group-endpoints.ts";
import { inviteEndpoints } from "./invite-endpoints.ts";
import { keyEndpoints } from "./key-endpoints.ts";
import { openApiDocument } from "./openapi.ts";
import { peopleEndpoints } from "./people-endpoints.ts";
import { ruleEndpoints } from "./rule-endpoints.ts";
import { sessionEndpoints } from "./session-endpoints.ts";
import { signInProviderEndpoints } from "./sign-in-provider-endpoints.ts";
import { signingKeyEndpoints } from "./signing-key-endpoints.ts";

const ENDPOINTS: readonly Endpoint[] = [
  ...peopleEndpoints,
  ...keyEndpoints,
  ...sessionEndpoints,
  ...inviteEndpoints,
  ...groupEndpoints,
  ...clientEndpoints,
  ...ruleEndpoints,
  ...signingKeyEndpoints,
  ...signInProviderEndpoints,
  ...auditEndpoints,
];

/** The administrators' API. To add to it is to add a list of endpoints here. */
export function adminApiRoutes(parts: AdminParts): readonly Route[] {
  return [documentRoute(parts), ...ENDPOINTS.map((endpoint) => endpoint(parts))];
}

/** Its description, for everybody: it names no person. */
function documentRoute({ issuer }: AdminParts): Route {
  return {
    method: "GET",
    path: OPENAPI_PATH,
    answer: async () => jsonAnswer(200, openApiDocument(issuer)),
  };
}
