import { deflateRawSync } from "node:zlib";
import type { SessionTags } from "../../core/identity.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { optionalText } from "./parameters.ts";
import { listParameter, type Parameters } from "./query-protocol.ts";
import { finding, Refusal } from "./refusal.ts";

/** The session policies of a request: they narrow the session. The sandbox checks their form; it serves nothing they apply to. */
export interface SessionPolicies {
  readonly policy: string | null;
  readonly policyArns: readonly string[];
}

const MAX_ARNS = 10;
const MAX_PLAIN_CHARACTERS = 2048;
/**
 * The packed size that counts as 100 %. AWS publishes neither its packing nor its limit; deflated text against this limit
 * reproduces the one public figure (EKS Pod Identity's six tags: 74 %) and is an estimate for everything else.
 */
const PACKED_LIMIT_BYTES = 512;

/**
 * Reads `Policy` and `PolicyArns`.
 *
 * @throws {Refusal} `ValidationError` for too many, too long or foreign ones; `MalformedPolicyDocument` for a malformed policy.
 * @see STS API Reference, AssumeRoleWithWebIdentity, Policy and PolicyArns
 */
export function readSessionPolicies(parameters: Parameters, accountId: string): SessionPolicies {
  const policy = optionalText(parameters, "Policy");
  if (policy !== null) checkPolicy(policy);
  const policyArns = listParameter(parameters, "PolicyArns", ".arn");
  if (policyArns.length > MAX_ARNS) {
    throw new Refusal(
      "ValidationError",
      `1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${MAX_ARNS}`,
      [finding("PolicyArns", `at most ${MAX_ARNS}`, String(policyArns.length), "a session takes ten managed policies at most")],
    );
  }
  for (const arn of policyArns) {
    const account = /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[!-~]+$/.exec(arn)?.[1];
    if (account === "aws" || account === accountId) continue;
    const meaning =
      account === undefined ? "this is not the ARN of a managed policy" : "the policy is in another account than the role";
    throw new Refusal("ValidationError", `The policy ARN ${arn.slice(0, 200)} is invalid`, [
      finding("PolicyArns", `a policy of AWS or of account ${accountId}`, arn, meaning),
    ]);
  }
  const plain = (policy?.length ?? 0) + policyArns.join("").length;
  if (plain > MAX_PLAIN_CHARACTERS) {
    throw new Refusal(
      "PackedPolicyTooLarge",
      `Packed policy consumes ${Math.ceil((plain / MAX_PLAIN_CHARACTERS) * 100)}% of allotted space, please use smaller policy.`,
      [
        finding(
          "Policy and PolicyArns",
          `at most ${MAX_PLAIN_CHARACTERS} characters together`,
          String(plain),
          "the session policies are too long",
        ),
      ],
    );
  }
  return { policy, policyArns };
}

/**
 * How much of the packed limit the policies and tags take, in percent; null when there are none.
 *
 * @throws {Refusal} `PackedPolicyTooLarge` above 100.
 */
export function packedPolicySize(policies: SessionPolicies, tags: SessionTags | null): number | null {
  const tagText = Object.entries(tags?.principal ?? {}).map(([key, value]) => `${key}=${value}`);
  const parts = [policies.policy ?? "", ...policies.policyArns, ...tagText, ...(tags?.transitive ?? [])].filter(
    (part) => part !== "",
  );
  if (parts.length === 0) return null;
  const what = tagText.length > 0 ? "Packed size of session tags" : "Packed policy";
  const percent = Math.max(1, Math.round((deflateRawSync(parts.join("\n")).length / PACKED_LIMIT_BYTES) * 100));
  if (percent <= 100) return percent;
  throw new Refusal("PackedPolicyTooLarge", `${what} consumes ${percent}% of allotted space.`, [
    finding(
      "session policies and tags",
      "at most 100 % of the packed size",
      `${percent} %`,
      "the sandbox estimates AWS's packing: drop tags or shorten the policy",
    ),
  ]);
}

function checkPolicy(text: string): void {
  const malformed = (message: string, meaning: string): Refusal =>
    new Refusal("MalformedPolicyDocument", message, [
      finding("Policy", "a JSON policy with Version and Statement", null, meaning),
    ]);
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw malformed("Syntax errors in policy.", "it is not JSON");
  }
  if (!isJsonObject(policy)) throw malformed("Syntax errors in policy.", "it is not a JSON object");
  const version = policy["Version"];
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17")
    throw malformed("Syntax errors in policy.", `there is no Version ${JSON.stringify(version)}`);
  const list = Array.isArray(policy["Statement"]) ? policy["Statement"] : [policy["Statement"]];
  if (list.length === 0) throw malformed("Syntax errors in policy.", "it has no statement");
  for (const statement of list) {
    const fault = statementFault(statement);
    if (fault !== null) throw malformed(...fault);
  }
}

/** What is wrong with a statement of a session policy: AWS's words and ours. */
function statementFault(statement: unknown): readonly [message: string, meaning: string] | null {
  if (!isJsonObject(statement)) return ["Syntax errors in policy.", "a statement is not an object"];
  const has = (name: string): boolean => statement[name] !== undefined || statement[`Not${name}`] !== undefined;
  const { Effect } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") return ["Missing required field Effect", "Effect is Allow or Deny"];
  if (!has("Action")) return ["Missing required field Action", "a statement names its actions"];
  if (!has("Resource")) return ["Missing required field Resource", "a statement names its resources"];
  if (has("Principal")) return ["Policy document should not specify a principal.", "a session policy has none"];
  return null;
}
