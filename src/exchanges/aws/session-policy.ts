import { Fault } from "../../core/fault.ts";
import { isJsonObject, parseJson } from "../../core/json-object.ts";
import type { Where } from "../../core/place.ts";

const MAX_CHARACTERS = 2048;
const POLICY_ARN = /^arn:aws[a-z0-9-]*:iam::(aws|\d{12}):policy\/[\u0021-\u007e]{1,512}$/;

/**
 * A session policy as it is sent: JSON without white space, at most 2048 characters.
 *
 * @throws {Fault} `POLICY_INVALID`
 * @see AWS STS API Reference, AssumeRoleWithWebIdentity, `Policy`
 */
export function parseSessionPolicy(policy: string | Readonly<Record<string, unknown>>, where: Where): string {
  const notJson = (cause: unknown): Fault => new Fault("POLICY_INVALID", `${where} is not JSON`, { cause });
  const document = typeof policy === "string" ? parseJson(policy, notJson) : policy;
  if (!isJsonObject(document) || !("Statement" in document)) {
    throw new Fault("POLICY_INVALID", `${where} is not a policy: it has no Statement`);
  }
  // AWS takes U+0020 to U+00FF; JSON can write every other character as an escape.
  const asEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const text = JSON.stringify(document).replace(/[^\u0020-\u00ff]/g, asEscape);
  if (text.length > MAX_CHARACTERS) {
    throw new Fault("POLICY_INVALID", `${where} has ${text.length} characters, and AWS takes ${MAX_CHARACTERS}`, {
      hints: ["make it a managed policy and name it in `policyArns`"],
    });
  }
  return text;
}

/** @throws {Fault} `POLICY_INVALID` for more than ten, `ARN_INVALID` for what is not the ARN of a managed policy. */
export function checkPolicyArns(arns: readonly string[], where: Where): void {
  if (arns.length > 10) throw new Fault("POLICY_INVALID", `${where} names ${arns.length} policies, and AWS takes 10`);
  const wrong = arns.find((arn) => !POLICY_ARN.test(arn));
  if (wrong === undefined) return;
  throw new Fault("ARN_INVALID", `${where}: ${JSON.stringify(wrong)} is not the ARN of a managed policy`, {
    hints: ["write it as `arn:aws:iam::aws:policy/ReadOnlyAccess`"],
  });
}
