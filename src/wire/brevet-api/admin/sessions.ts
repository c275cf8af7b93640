import * as v from "valibot";
import { LEVELS } from "../levels.ts";
import { operation } from "./operation.ts";
import { instant, NOTHING, page, paging } from "./values.ts";

/** Where somebody can be signed in. */
export const SESSION_KINDS = ["page", "browser", "client"] as const;

export type SessionKind = (typeof SESSION_KINDS)[number];

/** Shown in a list for a session without a client's name. */
export const SESSION_PLACES: Readonly<Record<SessionKind, string>> = {
  page: "the server's own pages",
  browser: "a browser, for applications",
  client: "an application",
};

/** What they are, in words. */
export const SESSION_KIND_WORDS: Readonly<Record<SessionKind, string>> = {
  page: "a browser on the server's own pages, for an hour",
  browser: "a browser in which the next application asks for no key",
  client: "what an application was given; `brevet-cli` is brevet on one machine",
};

const sessionSchema = v.object({
  id: v.string(),
  kind: v.pipe(
    v.picklist(SESSION_KINDS),
    v.description(`${SESSION_KINDS.map((kind) => `\`${kind}\`: ${SESSION_KIND_WORDS[kind]}`).join("; ")}.`),
  ),
  client: v.nullable(v.pipe(v.string(), v.description("The id of an OpenID client; null for browsers."))),
  clientName: v.optional(v.nullable(v.pipe(v.string(), v.description("What it calls itself; null where it has no name.")))),
  current: v.optional(v.pipe(v.boolean(), v.description("Whether it is the session that asks."))),
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
  usedFrom: v.nullable(
    v.pipe(
      v.string(),
      v.description("The address that asked for that token, as the server saw it; of a browser, the one that it signed in from."),
    ),
  ),
  expiresAt: v.nullable(instant),
});

const session = { tag: "sessions", query: NOTHING, body: null, own: true } as const;

/** What the API does with the sessions of people. Everybody may do it with their own: `{person}` is `me`. */
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
    description: "Its id, or the beginning of it, six characters or more. Tokens that clouds were given live their last minutes.",
    answer: null,
    fresh: true,
    faults: ["RECORD_ABSENT", "RECORD_AMBIGUOUS"],
  }),
  endAll: operation({
    ...session,
    name: "endSessions",
    method: "DELETE",
    path: "/people/{person}/sessions",
    summary: "Sign a person out, here and at every client",
    description: "Where they were signed in nowhere, nothing is recorded.",
    query: v.strictObject({
      others: v.optional(
        v.pipe(v.picklist(["true", "false"]), v.description("Whether the session that asks goes on. Default: false.")),
      ),
    }),
    answer: v.object({ ended: v.pipe(v.number(), v.integer(), v.description("How many sessions have ended.")) }),
    fresh: true,
    faults: ["RECORD_ABSENT"],
  }),
};
