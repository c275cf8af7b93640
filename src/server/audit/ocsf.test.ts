import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEventName } from "./event.ts";
import { ocsfEvent } from "./ocsf.ts";

/**
 * OCSF 1.3.0: class, activity and status (1 success, 2 failure), as a monitor asks for them. Activities of 3002 are 1 logon, 2 logoff,
 * 3 and 4 tickets; of 3001 they are 1 create, 2 enable, 5 disable, 6 delete. A name may be added. A row that changes takes another
 * `EVENT_FORM`: exports that were made before would be called broken.
 */
const SEEN: Readonly<Record<AuditEventName, readonly [number, number, number]>> = {
  "chain.opened": [6002, 3, 1],
  "chain.closed": [6002, 4, 1],
  "server.restored": [3004, 99, 1],
  "token.issued": [3002, 3, 1],
  "token.exchanged": [3002, 4, 1],
  "token.refused": [3002, 4, 2],
  "token.replayed": [3002, 99, 2],
  "token.revoked": [3002, 99, 1],
  "client.registered": [3004, 1, 1],
  "client.changed": [3004, 3, 1],
  "client.removed": [3004, 4, 1],
  "key.made": [3004, 1, 1],
  "key.activated": [3004, 99, 1],
  "key.retired": [3004, 99, 1],
  "key.revoked": [3004, 4, 1],
  "rules.changed": [3004, 3, 1],
  "session.ended": [3002, 2, 1],
  "invite.made": [3004, 1, 1],
  "person.enrolled": [3001, 1, 1],
  "person.signed-in": [3002, 1, 1],
  "sign-in.refused": [3002, 1, 2],
  "passkey.added": [3004, 1, 1],
  "passkey.removed": [3004, 4, 1],
  "invite.withdrawn": [3004, 99, 1],
  "person.deactivated": [3001, 5, 1],
  "person.changed": [3001, 99, 1],
  "person.removed": [3001, 6, 1],
  "person.activated": [3001, 2, 1],
  "groups.changed": [3004, 3, 1],
  "recovery.asked": [3004, 99, 1],
  "recovery.code-made": [3004, 99, 1],
  "recovery.code-used": [3004, 99, 1],
  "recovery.code-refused": [3004, 99, 2],
  "audit.cut": [3004, 99, 1],
  "audit.confirmed": [3004, 99, 1],
  "upstream.changed": [3004, 3, 1],
  "upstream.passed": [3004, 99, 1],
};

for (const [name, seen] of Object.entries(SEEN)) {
  test(`${name} is found where a monitor looks for such an event`, () => {
    const body = { chain: "c", position: 0, at: 0, name, actor: null, client: null, address: null, details: {} };
    const event = ocsfEvent(body, "{}", "", "");
    assert.deepEqual([event["class_uid"], event["activity_id"], event["status_id"]], seen);
  });
}
