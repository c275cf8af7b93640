import { parseAllowPolicy } from "../../trust/gcp/judge-impersonation.ts";
import { checkShape, readBody, SHAPES } from "./read-body.ts";
import { etagOf, type Resource } from "./records.ts";
import { Refusal } from "./refusal.ts";

/** An allow policy as it is answered: with the etag that writing it back has to name. */
export function shownPolicy(policy: Resource): Resource {
  const { bindings = [] } = policy;
  const shown = {
    version: Number(policy["version"] ?? 1),
    ...(Array.isArray(bindings) && bindings.length > 0 ? { bindings } : {}),
  };
  return { ...shown, etag: etagOf(shown) };
}

/**
 * What `setIamPolicy` makes of a policy.
 *
 * @throws {Refusal} `ABORTED` when somebody was faster, `INVALID_ARGUMENT`
 * @see google.iam.v1.SetIamPolicyRequest
 */
export function replacedPolicy(present: Resource, body: string): Resource {
  const { policy } = readBody(body, SHAPES.setPolicy);
  if (policy === undefined) throw new Refusal("INVALID_ARGUMENT", "The request has no policy.");
  const wanted = checkShape(policy, SHAPES.policy, "policy");
  if (wanted["etag"] !== undefined && wanted["etag"] !== shownPolicy(present)["etag"]) {
    throw new Refusal(
      "ABORTED",
      "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.",
    );
  }
  const bindings = (wanted["bindings"] as readonly unknown[] | undefined) ?? [];
  for (const [index, binding] of bindings.entries()) {
    const { role, members, condition } = checkShape(binding, SHAPES.binding, `policy.bindings[${index}]`);
    if (!/^(roles|projects\/[^/]+\/roles|organizations\/\d+\/roles)\/[\w.]+$/.test(String(role))) {
      throw new Refusal("INVALID_ARGUMENT", `Role ${String(role).slice(0, 100)} is not supported for this resource.`);
    }
    if (!Array.isArray(members) || members.length === 0)
      throw new Refusal("INVALID_ARGUMENT", `policy.bindings[${index}] has no members.`);
    if (condition !== undefined && Number(wanted["version"] ?? 1) !== 3) {
      throw new Refusal("INVALID_ARGUMENT", "Policies with conditions have to be written with version 3.");
    }
    for (const member of members) {
      if (
        !/^(principal(Set)?:\/\/iam\.googleapis\.com\/\S+|(user|group|serviceAccount|domain|deleted:\w+):\S+|all(Authenticated)?Users)$/.test(
          String(member),
        )
      )
        throw new Refusal("INVALID_ARGUMENT", `The member ${String(member).slice(0, 200)} is of an unknown type.`);
    }
  }
  const { etag: _, ...rest } = wanted;
  parseAllowPolicy(rest, "the policy");
  return rest;
}
