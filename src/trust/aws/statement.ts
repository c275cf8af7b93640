import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { type PrincipalElement, parsePrincipal } from "./principal.ts";

/** One test of a `Condition` element: the operator and the key as the policy writes them. */
export interface TrustCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** One statement of a trust policy. */
export interface TrustStatement {
  readonly index: number;
  readonly sid: string | null;
  readonly effect: "Allow" | "Deny";
  readonly principal: PrincipalElement;
  readonly actionElement: "Action" | "NotAction";
  readonly actions: readonly string[];
  readonly conditions: readonly TrustCondition[];
  /** Elements of this statement that this version does not know. */
  readonly unknownElements: readonly string[];
}

/** `Statement[0] (AllowLaptop)`: how a finding names a statement. */
export function placeOf(statement: Pick<TrustStatement, "index" | "sid">): string {
  return `Statement[${statement.index}]${statement.sid ? ` (${statement.sid})` : ""}`;
}

/**
 * Reads one statement.
 *
 * @throws {Fault} `POLICY_INVALID` naming the element.
 * @see IAM User Guide, reference_policies_elements
 */
export function parseStatement(value: unknown, index: number): TrustStatement {
  const at = `Statement[${index}]`;
  if (!isJsonObject(value)) throw invalid(at, "is not an object");
  const { Sid, Effect, Principal, NotPrincipal, Action, NotAction, Condition, Resource, NotResource, ...others } = value;
  if (Sid !== undefined && (typeof Sid !== "string" || !/^[0-9A-Za-z]*$/.test(Sid))) {
    throw invalid(`${at}.Sid`, "is not made of letters and digits alone");
  }
  if (Effect !== "Allow" && Effect !== "Deny") {
    throw invalid(`${at}.Effect`, Effect === undefined ? "is missing" : "is neither Allow nor Deny");
  }
  if (Resource !== undefined || NotResource !== undefined) {
    throw invalid(`${at}.${Resource === undefined ? "NotResource" : "Resource"}`, "is not allowed in a trust policy");
  }
  const conditions = conditionsOf(Condition, `${at}.Condition`);
  return {
    index,
    sid: Sid ?? null,
    effect: Effect,
    principal: principalOf(Principal, NotPrincipal, at),
    ...actionsOf(Action, NotAction, at),
    conditions,
    unknownElements: [...Object.keys(others), ...keysTwice(conditions)],
  };
}

function principalOf(principal: unknown, notPrincipal: unknown, at: string): PrincipalElement {
  if (principal !== undefined && notPrincipal !== undefined) {
    throw invalid(`${at}.NotPrincipal`, "is there besides Principal, and a statement has one of the two");
  }
  if (notPrincipal !== undefined) return { kind: "not-principal" };
  if (principal === undefined) throw invalid(`${at}.Principal`, "is missing");
  return parsePrincipal(principal, `${at}.Principal`);
}

function actionsOf(action: unknown, notAction: unknown, at: string): Pick<TrustStatement, "actionElement" | "actions"> {
  if (action !== undefined && notAction !== undefined) {
    throw invalid(`${at}.NotAction`, "is there besides Action, and a statement has one of the two");
  }
  if (action === undefined && notAction === undefined) throw invalid(`${at}.Action`, "is missing");
  const actionElement = action === undefined ? "NotAction" : "Action";
  const listed = action === undefined ? notAction : action;
  const actions = Array.isArray(listed) ? (listed as readonly unknown[]) : [listed];
  if (actions.length === 0) throw invalid(`${at}.${actionElement}`, "is empty");
  return { actionElement, actions: actions.map((name) => parseAction(name, `${at}.${actionElement}`)) };
}

// IAM: "AssumeRole policy may only specify STS AssumeRole actions".
function parseAction(name: unknown, at: string): string {
  if (typeof name !== "string") throw invalid(at, "is neither a string nor a list of strings");
  if (name === "*") return name;
  if (!/^[^:\s]+:[^:\s]+$/.test(name)) throw invalid(at, `"${name}" is not an action, such as sts:AssumeRoleWithWebIdentity`);
  const service = name.slice(0, name.indexOf(":"));
  if (!/[*?]/.test(service) && service.toLowerCase() !== "sts") {
    throw invalid(at, `"${name}" is not an action of STS, and a trust policy has no others`);
  }
  return name;
}

function conditionsOf(element: unknown, at: string): readonly TrustCondition[] {
  if (element === undefined) return [];
  if (!isJsonObject(element)) throw invalid(at, "is not an object of operators");
  return Object.entries(element).flatMap(([operator, keys]) => {
    if (!isJsonObject(keys)) throw invalid(`${at}.${operator}`, "is not an object of condition keys");
    return Object.entries(keys).map(([key, values]) => ({ operator, key, values: valuesOf(values, `${at}.${operator}.${key}`) }));
  });
}

/** Keys that an operator tests twice in different case. AWS does not say whether both count, one, or either. */
function keysTwice(conditions: readonly TrustCondition[]): readonly string[] {
  const places = conditions.map(({ operator, key }) => `${operator}.${key.toLowerCase()}`);
  return conditions
    .filter((_, index) => places.indexOf(places[index] ?? "") < index)
    .map(({ operator, key }) => `Condition.${operator}.${key} (the key is there twice)`);
}

function valuesOf(values: unknown, at: string): readonly string[] {
  const listed = Array.isArray(values) ? (values as readonly unknown[]) : [values];
  return listed.map((value) => {
    if (typeof value === "string") return value;
    // Its digits are lost already; written as a string they are kept.
    if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      throw invalid(at, "is a number of too many digits; write it as a string");
    }
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw invalid(at, "is neither a string, a number or a boolean, nor a list of these");
  });
}

function invalid(element: string, reason: string): Fault {
  return new Fault("POLICY_INVALID", `${element} ${reason}`, { details: { element } });
}
