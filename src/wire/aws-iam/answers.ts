import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../core/json-object.ts";
import { nestsTooDeeply } from "../../core/nesting.ts";

/** A role as `aws iam get-role` prints it, or a trust policy alone. */
export interface IamRoleAnswer {
  /** null for a policy alone. */
  readonly arn: string | null;
  /** The trust policy as JSON text. */
  readonly trustPolicy: string;
  readonly maxSessionDuration: number | null;
}

/**
 * Reads the answer of `aws iam get-role`, a role as the sandbox keeps it, or a trust policy. IAM's own API writes the policy percent-encoded, the AWS CLI as an
 * object: both are taken.
 *
 * @throws {Fault} `POLICY_INVALID` naming the file.
 */
export function parseRoleAnswer(text: string, where: string): IamRoleAnswer {
  const root = parseObject(text, where);
  const role = root["Role"];
  const members = isJsonObject(role) ? role : root;
  const policy = members["AssumeRolePolicyDocument"] ?? members["trustPolicy"] ?? ("Statement" in members ? members : undefined);
  if (policy === undefined) {
    throw new Fault("POLICY_INVALID", `${where} holds neither a role nor a trust policy`, {
      hints: ["`aws iam get-role --role-name NAME > role.json` writes such a file"],
    });
  }
  const { Arn: arn = members["arn"], MaxSessionDuration: duration = members["maxSessionDuration"] } = members;
  return {
    arn: typeof arn === "string" ? arn : null,
    trustPolicy: typeof policy === "string" ? decode(policy, where) : JSON.stringify(policy),
    maxSessionDuration: typeof duration === "number" ? duration : null,
  };
}

/**
 * Reads the answer of `aws iam get-open-id-connect-provider`, which has the URL without its scheme, or a provider as the sandbox keeps it.
 *
 * @throws {Fault} `POLICY_INVALID` naming the file.
 */
export function parseProviderAnswer(
  text: string,
  where: string,
): { readonly url: string; readonly clientIds: readonly string[] } {
  const members = parseObject(text, where);
  const { Url: url = members["url"], ClientIDList: clientIds = members["clientIds"] } = members;
  if (typeof url !== "string" || !Array.isArray(clientIds) || !clientIds.every((id) => typeof id === "string")) {
    throw new Fault("POLICY_INVALID", `${where} holds no OIDC provider: "Url" and "ClientIDList"`, {
      hints: ["`aws iam get-open-id-connect-provider --open-id-connect-provider-arn ARN > provider.json` writes such a file"],
    });
  }
  return { url: url.startsWith("https://") ? url : `https://${url}`, clientIds };
}

function parseObject(text: string, where: string): JsonObject {
  const value = parseJson(text, (cause) => new Fault("POLICY_INVALID", `${where} is not JSON`, { cause }));
  if (!isJsonObject(value)) throw new Fault("POLICY_INVALID", `${where} is not a JSON object`);
  if (nestsTooDeeply(value)) throw new Fault("POLICY_INVALID", `${where} is nested more deeply than any policy could be`);
  return value;
}

function decode(policy: string, where: string): string {
  if (policy.trimStart().startsWith("{")) return policy;
  try {
    return decodeURIComponent(policy);
  } catch (cause) {
    throw new Fault("POLICY_INVALID", `the trust policy in ${where} is not percent-encoded as IAM does it`, { cause });
  }
}
