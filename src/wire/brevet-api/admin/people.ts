import * as v from "valibot";
import { operation } from "./operation.ts";
import { displayName, email, groupName, instant, MYSELF, myself, NOTHING, page, paging } from "./values.ts";

/** Somebody who is registered. */
export const personSchema = v.object({
  id: v.pipe(v.string(), v.description("Opaque, and the same for ever.")),
  email: v.string(),
  name: v.string(),
  active: v.pipe(v.boolean(), v.description("Who is not can do nothing.")),
  groups: v.array(v.string()),
  keys: v.pipe(v.number(), v.integer(), v.description("How many keys they can sign in with.")),
  madeAt: instant,
});

/** A link by which somebody registers a key. It is given once. */
export const linkSchema = v.object({
  link: v.nullable(
    v.pipe(
      v.string(),
      v.description("For that person alone: whoever has it is taken for them. Null: somebody has to agree first."),
    ),
  ),
  expiresAt: v.nullable(instant),
});

const person = { tag: "people", query: NOTHING, body: null } as const;

/** What the API does with people. `{person}` is an id or an e-mail address. */
export const PEOPLE = {
  list: operation({
    ...person,
    name: "listPeople",
    method: "GET",
    path: "/people",
    summary: "People, by their e-mail addresses",
    query: v.strictObject({
      ...paging,
      email: v.optional(v.pipe(email, v.description("Only the person with this address."))),
      group: v.optional(v.pipe(groupName, v.description("Only people in this group."))),
    }),
    answer: page(personSchema),
    fresh: false,
    faults: ["CURSOR_INVALID"],
  }),
  show: operation({
    ...person,
    name: "showPerson",
    method: "GET",
    path: "/people/{person}",
    summary: "One person",
    answer: personSchema,
    fresh: false,
    faults: ["RECORD_ABSENT"],
  }),
  change: operation({
    ...person,
    name: "changePerson",
    method: "PATCH",
    path: "/people/{person}",
    summary: "Rename a person, or let them in and out",
    description: "Who is let out is signed out everywhere at once. The last administrator cannot be.",
    body: v.strictObject({
      name: v.optional(displayName),
      active: v.optional(v.boolean()),
      myself: v.optional(v.pipe(v.boolean(), v.description(MYSELF))),
    }),
    answer: personSchema,
    fresh: true,
    version: "optional",
    faults: ["RECORD_ABSENT", "NAME_INVALID", "ADMINISTRATOR_NEEDED", "SELF_UNCONFIRMED", "VERSION_STALE"],
  }),
  remove: operation({
    ...person,
    name: "removePerson",
    method: "DELETE",
    path: "/people/{person}",
    summary: "Remove a person, with their keys, groups and sessions",
    description: "The audit log keeps what they did. The last administrator cannot be removed.",
    query: v.strictObject({ myself }),
    answer: null,
    fresh: true,
    faults: ["RECORD_ABSENT", "ADMINISTRATOR_NEEDED", "SELF_UNCONFIRMED"],
  }),
  recover: operation({
    ...person,
    name: "recoverPerson",
    method: "POST",
    path: "/people/{person}/recovery",
    summary: "Let a person in who has lost every key",
    description: "The first administrator asks, another one agrees within a day by the same request, and is given the link.",
    answer: linkSchema,
    fresh: true,
    faults: ["RECORD_ABSENT", "ALREADY_USED"],
  }),
};
