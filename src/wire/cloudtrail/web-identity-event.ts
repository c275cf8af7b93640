import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../core/json-object.ts";
import { type EpochSeconds, parseUtc } from "../../core/time.ts";

/** What CloudTrail recorded of a call of AssumeRoleWithWebIdentity, refused or not. */
export interface WebIdentityEvent {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number | null;
  /** The issuer without `https://`: `id.example.com/laptop`. */
  readonly provider: string;
  readonly audience: string;
  readonly subject: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTags: readonly string[];
  readonly sourceIdentity: string | null;
  readonly at: EpochSeconds;
  readonly sourceIp: string | null;
  readonly region: string | null;
  readonly userAgent: string | null;
  /** CloudTrail's own code; null if the call succeeded. */
  readonly errorCode: string | null;
}

/**
 * Reads an event as the console, `lookup-events` or a log file shows it: bare, as the text in `CloudTrailEvent`, or the only one
 * in `Records`.
 *
 * @throws {Fault} `USAGE_INVALID` naming what is missing: an event of another call cannot be explained by a trust policy.
 * @see AWS CloudTrail User Guide, cloudtrail-event-reference-user-identity, "AWS STS API and SAML or web identity federation"
 */
export function parseWebIdentityEvent(text: string, where: string): WebIdentityEvent {
  const event = unwrap(read(text, where), where);
  if (event["eventName"] !== "AssumeRoleWithWebIdentity") {
    const name = typeof event["eventName"] === "string" ? event["eventName"].slice(0, 60) : "nothing";
    throw invalid(where, `it records ${name}, and AssumeRoleWithWebIdentity is what can be explained`);
  }
  const parameters = membersOf(event["requestParameters"]);
  const identity = membersOf(event["userIdentity"]);
  const provider = textOf(identity["identityProvider"]) ?? "";
  const subject = textOf(identity["userName"]);
  const at = parseUtc(textOf(event["eventTime"]) ?? "");
  const roleArn = textOf(parameters["roleArn"]);
  if (roleArn === null) throw invalid(where, "it has no requestParameters.roleArn");
  if (provider === "" || subject === null) throw invalid(where, "it has no userIdentity.identityProvider and userName");
  if (at === null) throw invalid(where, "it has no eventTime");
  const duration = parameters["durationSeconds"];
  return {
    roleArn,
    roleSessionName: textOf(parameters["roleSessionName"]) ?? "",
    durationSeconds: typeof duration === "number" ? duration : null,
    provider: provider.replace(/^.*:oidc-provider\//, ""),
    audience: audienceOf(textOf(identity["principalId"]) ?? "", provider, subject),
    subject,
    tags: stringsOf(parameters["principalTags"]),
    transitiveTags: listOf(parameters["transitiveTagKeys"]),
    sourceIdentity: textOf(parameters["sourceIdentity"]),
    at,
    sourceIp: textOf(event["sourceIPAddress"]),
    region: textOf(event["awsRegion"]),
    userAgent: textOf(event["userAgent"]),
    errorCode: textOf(event["errorCode"]),
  };
}

/** `principalId` is the provider, the audience and the subject with colons between, and each may hold colons itself. */
function audienceOf(principalId: string, provider: string, subject: string): string {
  const rest = principalId.startsWith(`${provider}:`) ? principalId.slice(provider.length + 1) : principalId;
  return rest.endsWith(`:${subject}`) ? rest.slice(0, -subject.length - 1) : rest;
}

function unwrap(value: unknown, where: string): JsonObject {
  const members = membersOf(value);
  const nested = members["CloudTrailEvent"];
  if (typeof nested === "string") return membersOf(read(nested, where));
  const list = members["Records"] ?? members["Events"];
  if (!Array.isArray(list)) return members;
  if (list.length !== 1) throw invalid(where, `it holds ${list.length} events: give one`);
  return unwrap(list[0], where);
}

function read(text: string, where: string): unknown {
  return parseJson(text, (cause) => new Fault("USAGE_INVALID", `${where} is not JSON`, { cause }));
}

function membersOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(membersOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function invalid(where: string, reason: string): Fault {
  return new Fault("USAGE_INVALID", `${where} is not an event that explains a sign-in: ${reason}`, {
    hints: ["in CloudTrail's event history, look for the event name AssumeRoleWithWebIdentity and copy its JSON"],
  });
}
