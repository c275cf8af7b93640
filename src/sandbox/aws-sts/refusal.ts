import type { Finding } from "../../trust/verdict.ts";

/**
 * STS's error codes and their HTTP status.
 *
 * @see botocore `sts/2011-06-15/service-2.json` (the exceptions of the operations); STS API Reference, Common Errors
 */
const STATUS = {
  AccessDenied: 403,
  ExpiredToken: 403,
  ExpiredTokenException: 400,
  IncompleteSignature: 403,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  InvalidIdentityToken: 400,
  MalformedPolicyDocument: 400,
  MissingAction: 400,
  MissingAuthenticationToken: 403,
  MissingParameter: 400,
  OutboundWebIdentityFederationDisabledException: 403,
  PackedPolicyTooLarge: 400,
  SandboxInvalid: 400,
  SandboxServiceAbsent: 400,
  SessionDurationEscalationException: 403,
  SignatureDoesNotMatch: 403,
  ValidationError: 400,
} as const satisfies Record<string, number>;

/** An error code of AWS STS. */
export type StsCode = keyof typeof STATUS;

/** What STS answers instead of a result. `message` goes to the client in AWS's words; the findings go to the sandbox's log. */
export class Refusal extends Error {
  readonly code: StsCode;
  readonly status: number;
  readonly findings: readonly Finding[];

  constructor(code: StsCode, message: string, findings: readonly Finding[] = []) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = STATUS[code];
    this.findings = findings;
  }
}

/** Where AWS writes down what is checked. */
const WEB_IDENTITY_REFERENCE = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html";
export const ASSUME_ROLE_REFERENCE = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html";
export const SIGNATURE_REFERENCE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html";

/** One finding for the log: where, what was wanted and what was seen. */
export function finding(
  at: string,
  wanted: string | readonly string[],
  saw: string | readonly string[] | null,
  meaning: string,
  source: string = WEB_IDENTITY_REFERENCE,
): Finding {
  const list = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value);
  return { at, wanted: list(wanted), saw: saw === null ? null : list(saw), meaning, source };
}
