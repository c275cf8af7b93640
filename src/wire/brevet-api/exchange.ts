/**
 * The request and the answer of the token exchange, by which a session becomes a token for a cloud or another audience.
 *
 * `audience` names who will verify the token: for AWS, the server's own URL. `resource` is the role that the token may be
 * redeemed for. `requested_signing_alg` lists the algorithms that the audience verifies, best first, with blanks between them.
 *
 * @see RFC 8693 §2
 */
export const EXCHANGE_PARAMETERS = [
  "audience",
  "resource",
  "scope",
  "subject_token",
  "subject_token_type",
  "actor_token",
  "requested_token_type",
  "requested_signing_alg",
] as const;
