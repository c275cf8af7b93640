/** google.rpc.Code, by the HTTP status that each has. */
export const STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
} as const;

/** Why a call of a management API is refused, as Google words it. */
export class Refusal extends Error {
  readonly code: keyof typeof STATUS;
  /** As in google.rpc.Status. */
  readonly details: readonly object[];

  constructor(code: keyof typeof STATUS, message: string, details: readonly object[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
