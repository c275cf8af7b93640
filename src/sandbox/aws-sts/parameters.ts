import type { Role } from "../iam/iam-folder.ts";
import type { Parameters } from "./query-protocol.ts";
import { finding, Refusal } from "./refusal.ts";

/** What AssumeRole and AssumeRoleWithWebIdentity have in common, checked. */
export interface SessionParameters {
  readonly roleArn: string;
  readonly accountId: string;
  readonly sessionName: string;
  /** Seconds; 3600 when the request does not say. */
  readonly durationSeconds: number;
}

interface Rule {
  readonly min: number;
  readonly max: number;
  readonly pattern?: RegExp;
}

/** From the service's model; the pattern as AWS prints it. */
const RULES: Readonly<Record<string, Rule>> = {
  roleArn: { min: 20, max: 2048 },
  roleSessionName: { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ },
  webIdentityToken: { min: 4, max: 20_000 },
  principalArn: { min: 20, max: 2048 },
  sAMLAssertion: { min: 4, max: 100_000 },
  policy: { min: 1, max: 2048, pattern: /^[\t\n\r\x20-\xFF]*$/ },
  externalId: { min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ },
  sourceIdentity: { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ },
};

const MIN_DURATION_SECONDS = 900;
const MAX_DURATION_SECONDS = 43_200;
export const DEFAULT_DURATION_SECONDS = 3600;

/** What every AssumeRole action is asked for. */
export type RoleRequest = Omit<SessionParameters, "sessionName">;

/**
 * The parameters of a role session: role, session name, duration.
 *
 * @throws {Refusal} `ValidationError` in the words of AWS's own validator.
 */
export function readSessionParameters(parameters: Parameters): SessionParameters {
  return {
    ...readRoleRequest(parameters, requiredText(parameters, "RoleArn")),
    sessionName: requiredText(parameters, "RoleSessionName"),
  };
}

/** The role and the duration; a SAML assertion brings the session's name. @throws {Refusal} `ValidationError` */
export function readRoleRequest(parameters: Parameters, roleArn = requiredText(parameters, "RoleArn")): RoleRequest {
  const arn = /^arn:aws[a-z-]*:iam::(\d{12}):role\/[!-~]+$/.exec(roleArn);
  if (arn === null)
    throw new Refusal("ValidationError", roleArn.startsWith("arn:") ? "Request ARN is invalid" : `${roleArn} is invalid`, [
      finding("RoleArn", "arn:aws:iam::<account>:role/<name>", roleArn, "this is not the ARN of a role"),
    ]);
  return { roleArn, accountId: arn[1] ?? "", durationSeconds: readDuration(parameters) };
}

/** @throws {Refusal} `ValidationError` when it is absent or breaks the rule of its shape. */
export function requiredText(parameters: Parameters, name: string): string {
  const value = optionalText(parameters, name);
  if (value !== null) return value;
  throw violation(null, name, "Member must not be null");
}

/** @throws {Refusal} `ValidationError` when it breaks the rule of its shape. */
export function optionalText(parameters: Parameters, name: string): string | null {
  const value = parameters.get(name);
  if (value === undefined) return null;
  const rule = RULES[name.charAt(0).toLowerCase() + name.slice(1)];
  if (rule === undefined) return value;
  if (value.length < rule.min) throw violation(value, name, `Member must have length greater than or equal to ${rule.min}`);
  if (value.length > rule.max) throw violation(value, name, `Member must have length less than or equal to ${rule.max}`);
  if (rule.pattern?.test(value) === false) {
    throw violation(value, name, `Member must satisfy regular expression pattern: ${rule.pattern.source.slice(1, -1)}`);
  }
  return value;
}

function readDuration(parameters: Parameters): number {
  const text = parameters.get("DurationSeconds");
  if (text === undefined) return DEFAULT_DURATION_SECONDS;
  if (!/^-?\d{1,10}$/.test(text)) throw new Refusal("ValidationError", `DurationSeconds is not an integer: ${text.slice(0, 40)}`);
  const seconds = Number(text);
  if (seconds < MIN_DURATION_SECONDS)
    throw violation(text, "DurationSeconds", `Member must have value greater than or equal to ${MIN_DURATION_SECONDS}`);
  if (seconds > MAX_DURATION_SECONDS)
    throw violation(text, "DurationSeconds", `Member must have value less than or equal to ${MAX_DURATION_SECONDS}`);
  return seconds;
}

/** @throws {Refusal} `ValidationError` when the role does not allow a session of that length. */
export function checkRoleDuration(role: Role, durationSeconds: number): void {
  if (durationSeconds <= role.maxSessionDuration) return;
  throw new Refusal("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", [
    finding(
      `maxSessionDuration in ${role.file}`,
      `at most ${role.maxSessionDuration}`,
      String(durationSeconds),
      "ask for a shorter session, or raise the role's maximum",
    ),
  ]);
}

const SECRET: ReadonlySet<string> = new Set(["webIdentityToken", "sAMLAssertion"]);

/** In AWS's words; a token is never repeated in them. */
function violation(value: string | null, name: string, constraint: string): Refusal {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  const shown = value === null ? "null" : SECRET.has(member) ? "'***'" : `'${value.slice(0, 100)}'`;
  return new Refusal(
    "ValidationError",
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
    [
      finding(
        name,
        constraint,
        value === null || member === "webIdentityToken" ? null : value.slice(0, 100),
        "the parameter breaks its rule",
      ),
    ],
  );
}
