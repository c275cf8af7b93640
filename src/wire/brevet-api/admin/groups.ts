import * as v from "valibot";
import { operation } from "./operation.ts";
import { myself, NOTHING, page, paging } from "./values.ts";

const groupSchema = v.object({
  name: v.string(),
  people: v.pipe(v.number(), v.integer(), v.description("How many are in it.")),
});

const group = { tag: "groups", query: NOTHING, body: null } as const;

/** What the API does with groups. A group is there as long as somebody is in it. */
export const GROUPS = {
  list: operation({
    ...group,
    name: "listGroups",
    method: "GET",
    path: "/groups",
    summary: "Groups that somebody is in, by name",
    description: "Who is in one: `listPeople` with `group`.",
    query: v.strictObject(paging),
    answer: page(groupSchema),
    fresh: false,
    faults: ["CURSOR_INVALID"],
  }),
  add: operation({
    ...group,
    name: "addToGroup",
    method: "PUT",
    path: "/groups/{group}/people/{person}",
    summary: "Put a person into a group",
    description: "Members of `administrators` may do all that this API does.",
    answer: null,
    fresh: true,
    faults: ["RECORD_ABSENT", "NAME_INVALID"],
  }),
  remove: operation({
    ...group,
    name: "removeFromGroup",
    method: "DELETE",
    path: "/groups/{group}/people/{person}",
    summary: "Take a person out of a group",
    query: v.strictObject({ myself }),
    answer: null,
    fresh: true,
    faults: ["RECORD_ABSENT", "NAME_INVALID", "ADMINISTRATOR_NEEDED", "SELF_UNCONFIRMED"],
  }),
};
