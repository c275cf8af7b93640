import type { FaultCode } from "../../core/fault-codes.ts";

/** The statuses of the faults that a client can do something about; every other is ours, and a 500. */
const STATUSES: Readonly<Partial<Record<FaultCode, number>>> = {
  ADMINISTRATOR_NEEDED: 403,
  ALREADY_USED: 409,
  AUDIT_CUT: 410,
  CEREMONY_ENDED: 409,
  PASSKEY_COPIED: 403,
  PASSKEY_REFUSED: 403,
  CONFIG_KEY_UNKNOWN: 400,
  CONFIG_MALFORMED: 400,
  DATABASE_FULL: 503,
  DATABASE_UNAVAILABLE: 503,
  CLIENT_INVALID: 400,
  CURSOR_INVALID: 400,
  INTERACTION_ABSENT: 400,
  INVITE_ENDED: 410,
  NAME_INVALID: 400,
  REQUEST_FOREIGN: 403,
  ROTATION_PENDING: 409,
  SELF_UNCONFIRMED: 409,
  SIGN_IN_STALE: 403,
  SUCCESSOR_ABSENT: 409,
  RECORD_ABSENT: 404,
  RECORD_AMBIGUOUS: 409,
  REQUEST_INVALID: 400,
  TOKEN_REFUSED: 401,
  UPSTREAM_REFUSED: 403,
  UPSTREAM_UNREACHABLE: 424,
  URL_INVALID: 400,
  VERSION_STALE: 412,
};

/** The HTTP status of a fault that a route raised. */
export function statusOf(code: FaultCode): number {
  return STATUSES[code] ?? 500;
}
