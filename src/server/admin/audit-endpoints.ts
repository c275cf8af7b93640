import { formatUtc } from "../../core/time.ts";
import { AUDIT } from "../../wire/brevet-api/admin/audit.ts";
import { confirmExport } from "../audit/confirm.ts";
import { exportAudit } from "../audit/export.ts";
import { findPeopleInLog, listEvents } from "../people/list-events.ts";
import type { Reader } from "../store/database.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";
import { personAbsent } from "./people-endpoints.ts";

/** The audit log: looked at, exported, and exports confirmed. */
export const auditEndpoints: readonly Endpoint[] = [
  endpoint(AUDIT.list, () => async ({ query }, unit) => {
    const people = query.person === undefined ? undefined : await peopleNamed(unit, query.person);
    const { items, next } = await listEvents(unit, { name: query.name, people }, wishOf(query));
    return {
      value: {
        items: items.map(({ id, at, name, actor, actorEmail, person, client, address, details }) => ({
          id,
          at: formatUtc(at),
          name,
          actor: actor === null ? null : { id: actor, email: actorEmail },
          person,
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

/** By which ids the log knows who is meant, gone or not. @throws {Fault} `RECORD_ABSENT` */
async function peopleNamed(reader: Reader, name: string): Promise<readonly string[]> {
  const people = await findPeopleInLog(reader, name);
  if (people === null) throw personAbsent(name);
  return people;
}
