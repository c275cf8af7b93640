import { isIP } from "node:net";
import * as v from "valibot";
import { isJsonObject, parseJsonObject } from "../../core/json-object.ts";
import { AUDIT_EVENTS, type AuditEventName } from "./event.ts";

const textOrNull = v.nullable(v.string());

const rowBodySchema = v.object({
  chain: v.string(),
  position: v.pipe(v.number(), v.integer()),
  at: v.pipe(v.number(), v.integer()),
  name: v.string(),
  actor: textOrNull,
  client: textOrNull,
  address: textOrNull,
  details: v.record(v.string(), v.unknown()),
});

/** What the body of an audit row says; the digest is over its text, byte for byte. A later program may know more names. */
export type RowBody = v.InferOutput<typeof rowBodySchema>;

/** Reads the body of a row, which comes from whoever made the export; null for any other text. */
export function readRowBody(raw: string): RowBody | null {
  const read = v.safeParse(rowBodySchema, parseJsonObject(raw));
  return read.success ? read.output : null;
}

const OCSF_VERSION = "1.3.0";

/** The form of our events, `log_version`. If an event is made otherwise from the same row, that is another form. */
const EVENT_FORM = "1";

/** OCSF classes: Authentication, Entity Management, Account Change, Application Lifecycle. */
const AUTHENTICATION = 3002;
const ENTITY = 3004;
const ACCOUNT = 3001;
const LIFECYCLE = 6002;

/** Activities by the last word of an event's name; OCSF's 99 is "other". */
const ENTITY_ACTIVITIES: Readonly<Record<string, number>> = {
  made: 1,
  registered: 1,
  added: 1,
  changed: 3,
  removed: 4,
  revoked: 4,
};
const AUTHENTICATION_ACTIVITIES: Readonly<Record<string, number>> = {
  "token.issued": 3,
  "token.exchanged": 4,
  "token.refused": 4,
  "session.ended": 2,
  "person.signed-in": 1,
  "sign-in.refused": 1,
};
const ACCOUNT_ACTIVITIES: Readonly<Record<string, number>> = {
  "person.enrolled": 1,
  "person.activated": 2,
  "person.deactivated": 5,
  "person.removed": 6,
};
const LIFECYCLE_ACTIVITIES: Readonly<Record<string, number>> = { "chain.opened": 3, "chain.closed": 4 };

/**
 * An audit row as an event of the Open Cybersecurity Schema Framework. `raw_data` is what the digest was made of; everything else
 * follows from it.
 *
 * @see OCSF 1.3.0, classes 3001, 3002, 3004 and 6002
 */
export function ocsfEvent(body: RowBody, raw: string, previous: string, digest: string): Readonly<Record<string, unknown>> {
  const { classUid, activityId } = classify(body.name);
  const failed = /[.-](refused|replayed|failed)$/.test(body.name);
  return {
    category_uid: Math.floor(classUid / 1000),
    class_uid: classUid,
    activity_id: activityId,
    type_uid: classUid * 100 + activityId,
    time: body.at * 1000,
    severity_id: failed ? 3 : 1,
    status_id: failed ? 2 : 1,
    message: isKnown(body.name) ? AUDIT_EVENTS[body.name] : body.name,
    metadata: {
      version: OCSF_VERSION,
      log_version: EVENT_FORM,
      uid: `${body.chain}:${body.position}`,
      event_code: body.name,
      product: { name: "brevet", vendor_name: "brevet" },
    },
    ...(body.actor === null ? {} : { actor: { user: { uid: body.actor } } }),
    ...(body.address === null || isIP(body.address) === 0 ? {} : { src_endpoint: { ip: body.address } }),
    raw_data: raw,
    unmapped: { previous, digest, ...(body.client === null ? {} : { client: body.client }) },
  };
}

/** Whether an event has the form that {@link ocsfEvent} makes. */
export function hasOurForm({ metadata }: Readonly<Record<string, unknown>>): boolean {
  return isJsonObject(metadata) && metadata["log_version"] === EVENT_FORM;
}

/** What an event states, to be compared: all of it but `message`, whose words are for people and may be put better in a later version. */
export function statedBy(event: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...event, message: "" });
}

function isKnown(name: string): name is AuditEventName {
  return Object.hasOwn(AUDIT_EVENTS, name);
}

function classify(name: string): { readonly classUid: number; readonly activityId: number } {
  const [noun = "", verb = ""] = name.split(".");
  if (Object.hasOwn(AUTHENTICATION_ACTIVITIES, name) || noun === "token" || noun === "session") {
    return { classUid: AUTHENTICATION, activityId: AUTHENTICATION_ACTIVITIES[name] ?? 99 };
  }
  if (noun === "chain") return { classUid: LIFECYCLE, activityId: LIFECYCLE_ACTIVITIES[name] ?? 99 };
  if (noun === "person") return { classUid: ACCOUNT, activityId: ACCOUNT_ACTIVITIES[name] ?? 99 };
  return { classUid: ENTITY, activityId: ENTITY_ACTIVITIES[verb] ?? 99 };
}
