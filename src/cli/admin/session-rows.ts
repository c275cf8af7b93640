import type * as v from "valibot";
import { SESSION_PLACES, type SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import type { ShownList } from "./api-command.ts";

type Listed = v.InferOutput<typeof SESSIONS.list.answer>;

/** What a list of sessions shows, for its `--help`. */
export const SESSIONS_SHOWN = [
  "Where: an application by its name (`brevet-cli` is brevet on one machine), a browser in which the next application asks for no key, and",
  "the server's own pages in a browser, for an hour. From: the address that signed in there; of an application, the one that was last given a",
  "token, at least once an hour while it is used. The server knows no more of a machine, and asks for no name.",
].join("\n");

/** Enough of an id to mean one of a person's sessions, without what a command line would take for a flag. */
const SHORT = 10;

/** Where a session is. */
export function placeOf({ kind, client, clientName }: Listed["items"][number]): string {
  return clientName ?? client ?? SESSION_PLACES[kind];
}

/** A list of sessions, in which the one that asks is marked. */
export function sessionRows({ items, next }: Listed): ShownList {
  const rows = items.map((session) => {
    const id = session.id.replace(/^-+/, "").slice(0, SHORT);
    return [
      { text: session.current ? `${id} (this one)` : id },
      { text: placeOf(session) },
      { at: session.signedInAt },
      { at: session.usedAt },
      { text: session.usedFrom ?? "" },
      { at: session.expiresAt },
    ];
  });
  return { header: ["session", "where", "signed in", "last used", "from", "until"], rows, next, none: "signed in nowhere" };
}
