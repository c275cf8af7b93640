import * as v from "valibot";
import { operation } from "./operation.ts";
import { instant, NOTHING, page, paging } from "./values.ts";

const personMembers = { id: v.string(), email: v.nullable(v.string()) };

const eventSchema = v.object({
  id: v.pipe(v.string(), v.description("Its chain and its position there.")),
  at: instant,
  name: v.string(),
  actor: v.nullable(v.object(personMembers)),
  person: v.nullable(v.pipe(v.object(personMembers), v.description("To whom it was done; an address only while they are here."))),
  client: v.nullable(v.string()),
  address: v.nullable(v.string()),
  details: v.record(v.string(), v.unknown()),
});

const audit = { tag: "audit", query: NOTHING, body: null } as const;

/** What the API does with the audit log: it is read, and exports of it are confirmed. */
export const AUDIT = {
  list: operation({
    ...audit,
    name: "listAuditEvents",
    method: "GET",
    path: "/audit/events",
    summary: "Events, newest first",
    query: v.strictObject({
      ...paging,
      name: v.optional(v.pipe(v.string(), v.maxLength(100), v.description("Only events of this name: `token.refused`."))),
      person: v.optional(
        v.pipe(
          v.string(),
          v.maxLength(254),
          v.description(
            "Only what this person did and what was done to them: an id or an e-mail address, also of who was removed.",
          ),
        ),
      ),
    }),
    answer: page(eventSchema),
    fresh: false,
    faults: ["CURSOR_INVALID", "RECORD_ABSENT", "NAME_INVALID"],
  }),
  export: operation({
    ...audit,
    name: "exportAudit",
    method: "GET",
    path: "/audit/export",
    summary: "The log as lines of OCSF, with what proves it",
    description:
      "Oldest first. The header `brevet-cursor` says where the next part begins; it stays the same when there is nothing new. " +
      "`brevet audit verify` checks the lines.",
    query: v.strictObject(paging),
    answer: v.string(),
    lines: true,
    fresh: false,
    faults: ["CURSOR_INVALID", "AUDIT_CUT"],
  }),
  confirm: operation({
    ...audit,
    name: "confirmAuditExport",
    method: "POST",
    path: "/audit/confirmation",
    summary: "Say that an export is kept elsewhere",
    description:
      "Where `auditConfirm` is set, what lies behind the cursor may be cut once it is old enough, and nothing else. Verify the export first.",
    body: v.strictObject({
      cursor: v.pipe(
        v.string(),
        v.maxLength(100_000),
        v.description("Where the export ended: `brevet-cursor` of its last part."),
      ),
    }),
    answer: v.object({
      until: v.nullable(v.pipe(instant, v.description("When the last checkpoint was made that the export has."))),
    }),
    fresh: true,
    faults: ["CURSOR_INVALID", "AUDIT_CUT"],
  }),
};
