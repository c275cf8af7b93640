import { isPassingAwsCode } from "../../core/aws-codes.ts";
import { Fault, type FaultContext } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { quotable } from "../../core/quotable.ts";
import { FOREIGN_HINTS } from "./foreign-answer.ts";

/** An error of the AWS SDK, by what its clients have in common. */
interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The names that the services have for "you may not". */
const REFUSED = /^(AccessDenied(Exception)?|UnauthorizedOperation|AuthorizationError(Exception)?|NotAuthorized|Forbidden)$/;
/** The SDK's own, where it finds no credentials at all. */
const NOT_SIGNED_IN = /^(CredentialsProviderError|TokenProviderError)$/;
/** And the services' for credentials that are invalid or expired. */
const BAD_CREDENTIALS =
  /^(ExpiredToken(Exception)?|RequestExpired|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidToken|AuthFailure)$/;

/** The callers of AWS: administrators of the account, by the credentials that AWS's own tools would use. */
const ADMIN_HINTS = [
  "sign in as an administrator of the account first, as for AWS's own tools: `aws sso login`, or `AWS_PROFILE=admin`, or the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
];

/**
 * Makes one call to AWS, and translates what it fails with.
 *
 * @param action as IAM policies name it, for the message: `cloudformation:CreateStack`.
 * @param absent names of errors that mean that the thing is not there: then the answer is null.
 * @throws {Fault} `ADMIN_ABSENT`, `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`, `RESOURCE_FAILED` with AWS's own code in
 * `details.cloudCode`; `RESPONSE_INVALID` for an answer that is not AWS's; what the network raises.
 */
export async function awsCall<T>(action: string, work: () => Promise<T>): Promise<T>;
export async function awsCall<T>(action: string, work: () => Promise<T>, absent: readonly string[]): Promise<T | null>;
export async function awsCall<T>(action: string, work: () => Promise<T>, absent: readonly string[] = []): Promise<T | null> {
  try {
    return await work();
  } catch (cause) {
    const fault = faultWithin(cause);
    if (fault !== null) throw withAction(action, fault);
    if (isGarbled(cause)) throw foreignAnswer(action, cause);
    if (!isSdkError(cause)) throw cause;
    if (absent.includes(cause.name)) return null;
    throw translate(action, cause);
  }
}

/** What to say of an answer that has not what AWS's answers have. */
export function foreignAnswer(action: string, cause?: unknown): Fault {
  return new Fault("RESPONSE_INVALID", `the answer to ${action} is not one of AWS`, {
    cause,
    hints: FOREIGN_HINTS,
    details: { action },
  });
}

/** Whether AWS answered with an error of that name, whatever it was translated to. */
export function cloudCodeOf(error: unknown): string | null {
  const code = error instanceof Fault ? error.details["cloudCode"] : null;
  return typeof code === "string" ? code : null;
}

/** The error is not the fault's cause: if AWS refuses a signature it repeats the request, and the message then holds the session token. */
function translate(action: string, error: SdkError): Fault {
  const { name } = error;
  const cloudMessage = quotable(error.message, []);
  const says = cloudMessage === "" || cloudMessage === name ? name : `${cloudMessage.replace(/\.$/, "")} (${name})`;
  const fault = (code: FaultCode, message: string, hints: FaultContext["hints"] = []): Fault =>
    new Fault(code, `${message}: ${says}`, { hints, details: { action, cloudCode: name, cloudMessage } });
  if (NOT_SIGNED_IN.test(name)) return fault("ADMIN_ABSENT", "no administrator of AWS is signed in here", ADMIN_HINTS);
  if (BAD_CREDENTIALS.test(name)) return fault("ADMIN_ABSENT", "AWS refuses the administrator's credentials", ADMIN_HINTS);
  if (REFUSED.test(name) || statusOf(error) === 403) {
    return fault("ADMIN_REFUSED", `AWS does not allow ${action} to these credentials`, [
      "give the administrator the rights that `brevet setup aws … --print-admin-policy` prints, or use other credentials",
    ]);
  }
  if (isPassingAwsCode(name) || statusOf(error) >= 500) {
    return fault("CLOUD_UNAVAILABLE", `AWS could not serve ${action} now`, ["run the same command again later"]);
  }
  return fault("RESOURCE_FAILED", `${action} failed`);
}

/** What stopped a call on its way, and which call it was. */
function withAction(action: string, cause: Fault): Fault {
  const { code, message, hints, details } = cause;
  const isOfNetwork = /^(NETWORK_TIMEOUT|NETWORK_UNREACHABLE|RESPONSE_INVALID)$/.test(code);
  return new Fault(code, isOfNetwork ? `${action}: ${message}` : message, { cause, hints, details: { ...details, action } });
}

/** What our own Http raised passes through the SDK, which may wrap it. */
function faultWithin(error: unknown): Fault | null {
  if (error instanceof Fault) return error;
  return error instanceof Error && error.cause !== undefined ? faultWithin(error.cause) : null;
}

function statusOf({ $metadata }: Pick<SdkError, "$metadata">): number {
  return $metadata?.httpStatusCode ?? 0;
}

/** The SDK keeps the answer that it could not read in a field of the error. */
function isGarbled(error: unknown): boolean {
  return error instanceof Error && "$response" in error && !("$fault" in error);
}

function isSdkError(error: unknown): error is SdkError {
  return (
    error instanceof Error &&
    (("$metadata" in error && "$fault" in error) || NOT_SIGNED_IN.test(error.name) || BAD_CREDENTIALS.test(error.name))
  );
}
