import { allParameters, stackParts, TRUST_TEMPLATE, type TrustParameters } from "../trust-stack.ts";

/** What a template is worked out for. */
export interface TemplateInput {
  readonly parameters: TrustParameters;
  /** Of AWS itself: `AccountId`, `Partition`, `Region`, `StackName`. */
  readonly surroundings: Readonly<Record<"AccountId" | "Partition" | "Region" | "StackName", string>>;
}

/** A resource of the template with its parameters in place; see {@link reference} for what only AWS will know. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly does: string;
  readonly properties: ResolvedObject;
}

export type Resolved = string | number | boolean | readonly Resolved[] | ResolvedObject;
export interface ResolvedObject {
  readonly [name: string]: Resolved;
}

const [OPEN, CLOSE] = ["⟦", "⟧"];

/**
 * The resources of the one template as they would be for these parameters: what the other forms of the trust are written from, so
 * that none of them says anything else than the stack.
 */
export function resolveTemplate(input: TemplateInput): readonly ResolvedResource[] {
  const { Conditions, Resources } = JSON.parse(TRUST_TEMPLATE) as Template;
  const scope: Scope = {
    conditions: Conditions,
    resources: Resources,
    parameters: new Map(allParameters(TRUST_TEMPLATE, input.parameters)),
    surroundings: input.surroundings,
  };
  return stackParts(input.parameters).map(({ logicalId, type, does }) => ({
    logicalId,
    type,
    does,
    properties: (resolve(Resources[logicalId]?.Properties, scope) ?? {}) as ResolvedObject,
  }));
}

/** Writes a text: its references as `name` says, by `Resource` or `Resource.Attribute`, and everything else as `plain` does. */
export function writeReferences(text: string, name: (reference: string) => string, plain: (text: string) => string): string {
  return text
    .split(new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`))
    .map((part, index) => (index % 2 === 1 ? name(part) : plain(part)))
    .join("");
}

/** A policy of the template, which may be an object or its text. */
export function policyOf(value: Resolved | undefined): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}

interface Template {
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, { readonly Properties: unknown }>>;
}

interface Scope {
  readonly conditions: Template["Conditions"];
  readonly resources: Template["Resources"];
  readonly parameters: ReadonlyMap<string, string>;
  readonly surroundings: Readonly<Record<string, string>>;
}

/** undefined: it is left out (`AWS::NoValue`). */
function resolve(value: unknown, scope: Scope): Resolved | undefined {
  if (Array.isArray(value)) return value.map((one) => resolve(one, scope)).filter((one) => one !== undefined);
  if (typeof value !== "object" || value === null) return value as Resolved;
  const [[name = "", argument] = []] = Object.entries(value);
  const work = FUNCTIONS[name];
  if (work !== undefined) return work(argument, scope);
  const members = Object.entries(value).map(([key, member]) => [key, resolve(member, scope)] as const);
  return Object.fromEntries(members.filter((pair): pair is readonly [string, Resolved] => pair[1] !== undefined));
}

const FUNCTIONS: Readonly<Record<string, (argument: unknown, scope: Scope) => Resolved | undefined>> = {
  Ref: (name, scope) => refer(String(name), scope),
  "Fn::GetAtt": (path) => reference((path as readonly string[]).join(".")),
  "Fn::Sub": (text, scope) => String(text).replace(/\$\{([^}]+)\}/g, (_, name: string) => String(refer(name, scope) ?? "")),
  "Fn::If": (branches, scope) => {
    const [condition, then, otherwise] = branches as readonly [string, unknown, unknown];
    return resolve(holds(scope.conditions[condition], scope) ? then : otherwise, scope);
  },
  "Fn::Join": (given, scope) => {
    const [separator, parts] = given as readonly [string, unknown];
    return (resolve(parts, scope) as readonly Resolved[]).join(separator);
  },
  "Fn::Split": (given, scope) => {
    const [separator, text] = given as readonly [string, unknown];
    return String(resolve(text, scope)).split(separator);
  },
};

function refer(name: string, { parameters, surroundings }: Scope): string | undefined {
  if (name === "AWS::NoValue") return undefined;
  return parameters.get(name) ?? surroundings[name.replace(/^AWS::/, "")] ?? reference(name);
}

/** What only AWS will know, marked so that no text of a person can be taken for it. */
function reference(name: string): string {
  return `${OPEN}${name}${CLOSE}`;
}

function holds(condition: unknown, scope: Scope): boolean {
  const [[name = "", argument] = []] = Object.entries(condition as object);
  if (name === "Fn::Not") return !holds((argument as readonly unknown[])[0], scope);
  const [left, right] = (argument as readonly unknown[]).map((one) => resolve(one, scope));
  return left === right;
}
