import type * as v from "valibot";
import { SESSION_KIND_WORDS, SESSION_KINDS, type SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import type { Shown } from "./api-command.ts";

type Listed = v.InferOutput<typeof SESSIONS.list.answer>;

/** What a list of sessions shows, for its `--help`. */
export const SESSIONS_SHOWN = [
  `${SESSION_KINDS.map((kind) => `\`${kind}\` is ${SESSION_KIND_WORDS[kind]}`).join("; ")}.`,
  "An application has a new token at least once an hour while it is used: when it last had, and the address that asked, tell one machine from",
  "another. The server knows no more of it, and asks for no name.",
].join("\n");

/** A list of sessions, in which the one that asks is marked. */
export function sessionRows({ items, next }: Listed): Shown {
  const rows = items.map((session) => [
    { text: session.current ? `${session.id} (this one)` : session.id },
    { text: session.kind },
    { text: session.clientName ?? session.client ?? "" },
    { at: session.signedInAt },
    { at: session.usedAt },
    { text: session.usedFrom ?? "" },
    { at: session.expiresAt },
  ]);
  return { header: ["session", "kind", "application", "signed in", "last used", "from", "until"], rows, next };
}
