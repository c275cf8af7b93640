import * as v from "valibot";
import { LEVELS } from "../levels.ts";
import { operation } from "./operation.ts";
import { instant, NOTHING, page, paging } from "./values.ts";

const sessionSchema = v.object({
  id: v.string(),
  kind: v.pipe(
    v.picklist(["page", "browser", "client"]),
    v.description(
      "`page`: on the server's own pages; `browser`: a browser that need not sign in again; `client`: what a client was given.",
    ),
  ),
  client: v.nullable(v.pipe(v.string(), v.description("The id of an OpenID client; `brevet-cli` is the command line."))),
  level: v.nullable(v.picklist(LEVELS)),
  signedInAt: v.nullable(instant),
  usedAt: v.nullable(
    v.pipe(
      instant,
      v.description(
        "When its client was last given an access token, which is at least once an hour while it is used; null for browsers.",
      ),
    ),
  ),
  usedFrom: v.nullable(v.pipe(v.string(), v.description("The address that asked for that token, as the server saw it."))),
  expiresAt: v.nullable(instant),
});

const session = { tag: "sessions", query: NOTHING, body: null } as const;

/** What the API does with the sessions of people. */
export const SESSIONS = {
  list: operation({
    ...session,
    name: "listSessions",
    method: "GET",
    path: "/people/{person}/sessions",
    summary: "Where a person is signed in",
    query: v.strictObject(paging),
    answer: page(sessionSchema),
    fresh: false,
    faults: ["RECORD_ABSENT", "CURSOR_INVALID"],
  }),
  end: operation({
    ...session,
    name: "endSession",
    method: "DELETE",
    path: "/people/{person}/sessions/{session}",
    summary: "End one session",
    description: "Tokens that clouds were given live their last minutes.",
    answer: null,
    fresh: true,
    faults: ["RECORD_ABSENT"],
  }),
  endAll: operation({
    ...session,
    name: "endSessions",
    method: "DELETE",
    path: "/people/{person}/sessions",
    summary: "Sign a person out, here and at every client",
    description: "Where they were signed in nowhere, nothing is recorded.",
    answer: v.object({ ended: v.pipe(v.number(), v.integer(), v.description("How many sessions they had.")) }),
    fresh: true,
    faults: ["RECORD_ABSENT"],
  }),
};
