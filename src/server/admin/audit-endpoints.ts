import { formatUtc } from "../../core/time.ts";
import { AUDIT } from "../../wire/brevet-api/admin/audit.ts";
import { confirmExport } from "../audit/confirm.ts";
import { exportAudit } from "../audit/export.ts";
import { listEvents } from "../audit/list-events.ts";
import { emailsOf } from "../people/person.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";
import { personNamed } from "./people-endpoints.ts";

/** The audit log: looked at, exported, and exports confirmed. */
export const auditEndpoints: readonly Endpoint[] = [
  endpoint(AUDIT.list, () => async ({ query }, unit) => {
    const actor = query.person === undefined ? undefined : (await personNamed(unit, query.person)).id;
    const { items, next } = await listEvents(unit, { name: query.name, actor }, wishOf(query));
    const emails = await emailsOf(
      unit,
      items.flatMap(({ actor }) => (actor === null ? [] : [actor])),
    );
    return {
      value: {
        items: items.map(({ id, at, name, actor, client, address, details }) => ({
          id,
          at: formatUtc(at),
          name,
          actor: actor === null ? null : { id: actor, email: emails.get(actor) ?? null },
          client,
          address,
          details: { ...details },
        })),
        next,
      },
    };
  }),
  endpoint(AUDIT.export, () => async ({ query }, unit) => {
    const { cursor, limit } = wishOf(query);
    const { lines, cursor: next } = await exportAudit(unit, cursor ?? null, limit);
    return { value: lines.map((line) => `${line}\n`).join(""), headers: { "brevet-cursor": next } };
  }),
  endpoint(AUDIT.confirm, () => async ({ body, by }, unit) => {
    const until = await confirmExport(unit, body.cursor, by);
    return { value: { until: until === null ? null : formatUtc(until) } };
  }),
];
