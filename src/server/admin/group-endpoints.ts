import { GROUPS } from "../../wire/brevet-api/admin/groups.ts";
import { changeGroups } from "../people/change-person.ts";
import { parseGroupName } from "../people/names.ts";
import { integer, text } from "../store/database.ts";
import { readPage } from "../store/page.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";
import { personNamed } from "./people-endpoints.ts";

const FROM = "SELECT team, held FROM (SELECT team, COUNT(*) AS held FROM membership GROUP BY team) AS teams";

/** Groups: who is in them. Each membership is a change of its own, so that no administrator undoes another one's. */
export const groupEndpoints: readonly Endpoint[] = [
  endpoint(GROUPS.list, () => async ({ query }, unit) => {
    const item = (row: Parameters<typeof text>[0]) => ({ name: text(row, "team"), people: integer(row, "held") });
    const { items, next } = await readPage(unit, { from: FROM, order: { team: "text" } }, wishOf(query), item);
    return { value: { items: [...items], next } };
  }),
  endpoint(GROUPS.add, () => async ({ segment, by }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    await changeGroups(unit, id, { join: [parseGroupName(segment("group"))] }, by);
    return { value: null };
  }),
  endpoint(GROUPS.remove, () => async ({ segment, query, by }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    await changeGroups(unit, id, { leave: [parseGroupName(segment("group"))], myself: query.myself === "true" }, by);
    return { value: null };
  }),
];
