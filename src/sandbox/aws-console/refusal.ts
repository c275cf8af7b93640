import type { Finding } from "../../trust/verdict.ts";

/** Where the rules of the endpoint are written down. */
export const CONSOLE_REFERENCE = "IAM User Guide, id_roles_providers_enable-console-custom-url";

/** The sandbox's own words: AWS answers a page of HTML that says no more than its status. */
type ConsoleCode =
  | "InvalidAction"
  | "InvalidCredentials"
  | "InvalidSessionDuration"
  | "InvalidToken"
  | "InvalidDestination"
  | "InternalFailure";

/** What the endpoint answers instead of a result; the message and the findings go to the sandbox's log. */
export class Refusal extends Error {
  readonly status = 400;
  readonly code: ConsoleCode;
  readonly findings: readonly Finding[];

  constructor(code: ConsoleCode, message: string, findings: readonly Finding[] = []) {
    super(message);
    this.code = code;
    this.findings = findings;
  }
}
