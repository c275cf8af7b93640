import { createHash } from "node:crypto";
import { readOwnJson } from "../../core/json-object.ts";
import type { Owner } from "../plan.ts";
import template from "./trust-stack.template.json" with { type: "json" };

/**
 * The CloudFormation stack that makes AWS trust an identity: what serves its documents, the OIDC provider and the role. Its
 * template is kept once, as a file, and is given to CloudFormation as it is; only its parameters differ.
 */

/** The tag that says whose a resource is, whatever became of our records. */
export const OWNER_TAG = "brevet:owner";

/** The template as CloudFormation gets it. */
export const TRUST_TEMPLATE: string = JSON.stringify(template);

/** A short name for a template: the same for texts that say the same. */
export function templateMark(text: string): string {
  return createHash("sha256").update(withoutLayout(text)).digest("hex").slice(0, 16);
}

/** The mark of the template that this version makes stacks of. */
export const TRUST_TEMPLATE_MARK: string = templateMark(TRUST_TEMPLATE);

export type TrustParameter = keyof typeof template.Parameters;

/** The parameters by their names; one that is left out has the template's default. */
export type TrustParameters = Readonly<Partial<Record<TrustParameter, string>>>;

/** What brevet decides of a stack; see {@link stackState}. */
export interface TrustStack {
  /** {@link templateMark} of its template. */
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** One resource of the stack, in words. */
export interface StackPart {
  readonly logicalId: string;
  readonly type: string;
  readonly does: string;
}

/** A stack's state as its provisioner reads it: the same text for the same decisions. */
export function stackState({ template: mark, parameters, tags }: TrustStack): string {
  return JSON.stringify({ template: mark, parameters: sorted(withoutDefaults(parameters)), tags: sorted(tags) }, null, 2);
}

/** The reverse of {@link stackState}. */
export function parseStackState(state: string): TrustStack {
  return readOwnJson<TrustStack>(state);
}

/** Whose a stack with these tags is, seen by the owner `owner`. */
export function ownerOf(tags: Readonly<Record<string, string>>, owner: string): Owner {
  return tags[OWNER_TAG] === owner ? "ours" : "theirs";
}

/** The resources that the stack would have with these parameters, in the template's order. */
export function stackParts(parameters: TrustParameters): readonly StackPart[] {
  return Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    const condition = "Condition" in resource ? resource.Condition : null;
    const isThere = condition === null || holds(condition as Condition, parameters);
    return isThere ? [{ logicalId, type: resource.Type, does: resource.Metadata.brevet.does }] : [];
  });
}

/** Every parameter of that template with its value: one that is left out of a change may keep the value that it had. */
export function allParameters(
  templateText: string,
  chosen: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] {
  const { Parameters } = JSON.parse(templateText) as { readonly Parameters: Readonly<Record<string, object>> };
  return Object.entries(Parameters).map(([name, parameter]) => [
    name,
    chosen[name] ?? ("Default" in parameter ? String(parameter.Default) : ""),
  ]);
}

/** A parameter as the template will see it. */
export function parameterOf(name: TrustParameter, parameters: TrustParameters): string {
  return parameters[name] ?? defaultOf(name) ?? "";
}

type Condition = "Hosted" | "OnCloudFront" | "WithProvider";

function holds(condition: Condition, parameters: TrustParameters): boolean {
  if (condition === "WithProvider") return parameterOf("CreateProvider", parameters) === "yes";
  const hosting = parameterOf("Hosting", parameters);
  return condition === "OnCloudFront" ? hosting === "cloudfront" : hosting !== "none";
}

/** What AWS reports as a parameter and nobody chose is not a decision. */
function withoutDefaults(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(parameters).filter(([name, value]) => value !== defaultOf(name)));
}

function defaultOf(name: string): string | null {
  const parameter: object = new Map<string, object>(Object.entries(template.Parameters)).get(name) ?? {};
  return "Default" in parameter ? String(parameter.Default) : null;
}

function sorted(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutLayout(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    // Somebody else's, in YAML.
    return text;
  }
}
