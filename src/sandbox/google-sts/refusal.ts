import type { Finding } from "../../trust/verdict.ts";

/** Codes of RFC 6749 §5.2 and RFC 8693 §2.2.2 that Google's STS answers with. */
export type StsErrorCode =
  | "invalid_request"
  | "invalid_grant"
  | "invalid_target"
  | "invalid_client"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "server_error";

/** A refusal of Google's STS: `description` goes to the client, the findings to the sandbox's log. */
export class Refusal extends Error {
  readonly code: StsErrorCode;
  readonly findings: readonly Finding[];

  constructor(code: StsErrorCode, description: string, findings: readonly Finding[] = []) {
    super(description);
    this.name = "Refusal";
    this.code = code;
    this.findings = findings;
  }
}
