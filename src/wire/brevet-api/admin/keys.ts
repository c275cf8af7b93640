import * as v from "valibot";
import { LEVELS } from "../levels.ts";
import { operation } from "./operation.ts";
import { instant, NOTHING, page, paging } from "./values.ts";

/** A passkey or security key that somebody has registered. */
const keySchema = v.object({
  id: v.pipe(v.string(), v.description("The credential id.")),
  person: v.object({ id: v.string(), email: v.string() }),
  name: v.pipe(v.string(), v.description("What the person calls it.")),
  level: v.pipe(v.picklist(LEVELS), v.description("How a sign-in with it counts, for rules.")),
  aaguid: v.pipe(v.string(), v.description("The model; zeros where the browser does not say.")),
  madeAt: instant,
  usedAt: v.nullable(instant),
});

const key = { tag: "keys", query: NOTHING, body: null } as const;

/** What the API does with the keys of people. */
export const KEYS = {
  list: operation({
    ...key,
    name: "listKeys",
    method: "GET",
    path: "/keys",
    summary: "Keys of everybody or of one person, oldest first",
    query: v.strictObject({
      ...paging,
      person: v.optional(v.pipe(v.string(), v.maxLength(254), v.description("An id or an e-mail address."))),
    }),
    answer: page(keySchema),
    fresh: false,
    faults: ["CURSOR_INVALID", "RECORD_ABSENT"],
  }),
  show: operation({
    ...key,
    name: "showKey",
    method: "GET",
    path: "/keys/{key}",
    summary: "One key",
    description: "By its id, or the beginning of it, six characters or more.",
    answer: keySchema,
    fresh: false,
    faults: ["RECORD_ABSENT", "RECORD_AMBIGUOUS"],
  }),
  remove: operation({
    ...key,
    name: "removeKey",
    method: "DELETE",
    path: "/keys/{key}",
    summary: "Take a key from a person, and end their sessions",
    description:
      "By its id, or the beginning of it, six characters or more. It may be their last one: then they need a recovery to come in again. The last key of the last administrator stays.",
    answer: null,
    fresh: true,
    faults: ["RECORD_ABSENT", "RECORD_AMBIGUOUS", "ADMINISTRATOR_NEEDED"],
  }),
};
