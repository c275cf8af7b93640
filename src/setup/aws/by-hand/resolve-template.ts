import { readOwnJson } from "../../../core/json-object.ts";
import { allParameters, stackParts, TRUST_TEMPLATE, type TrustParameters } from "../trust-stack.ts";
import { type Resolved, type ResolvedObject, type ResolvedTrust, reference, type Surroundings } from "./resolved-resource.ts";

/** What a template is worked out for. */
export interface TemplateInput {
  readonly parameters: TrustParameters;
  /** Of the stack, which CloudFormation gives to every resource that can have tags. */
  readonly tags: Readonly<Record<string, string>>;
  readonly surroundings: Surroundings;
}

/**
 * The resources of the one template as they would be for these parameters: the other forms of the trust are written from them, so
 * that all say the same as the stack.
 */
export function resolveTemplate({ parameters, tags, surroundings }: TemplateInput): ResolvedTrust {
  const { Conditions, Resources } = readOwnJson<Template>(TRUST_TEMPLATE);
  const scope: Scope = {
    conditions: Conditions,
    resources: Resources,
    parameters: new Map(allParameters(TRUST_TEMPLATE, parameters)),
    surroundings,
  };
  const resources = stackParts(parameters).map(({ logicalId, type, does }) => {
    const properties = (resolve(Resources[logicalId]?.Properties, scope) ?? {}) as ResolvedObject;
    return { logicalId, type, does, properties: withTags(properties, tags) };
  });
  return { resources, surroundings };
}

/** The one template with these parameters as its defaults and these tags in it, so that it can be deployed as it is. */
export function filledTemplate({ parameters, tags }: Pick<TemplateInput, "parameters" | "tags">): string {
  const template = readOwnJson<FillableTemplate>(TRUST_TEMPLATE);
  const given = new Map<string, string>(Object.entries(parameters));
  const Parameters = Object.entries(template.Parameters).map(([name, parameter]) => [
    name,
    given.has(name) ? { ...parameter, Default: given.get(name) } : parameter,
  ]);
  const Resources = Object.entries(template.Resources).map(([logicalId, resource]) => [
    logicalId,
    { ...resource, Properties: withTags(resource.Properties, tags) },
  ]);
  return JSON.stringify(
    { ...template, Parameters: Object.fromEntries(Parameters), Resources: Object.fromEntries(Resources) },
    null,
    2,
  );
}

interface FillableTemplate {
  readonly Parameters: Readonly<Record<string, object>>;
  readonly Resources: Readonly<Record<string, { readonly Properties: ResolvedObject }>>;
}

function withTags(properties: ResolvedObject, tags: TemplateInput["tags"]): ResolvedObject {
  const { Tags: own } = properties;
  if (!Array.isArray(own)) return properties;
  const more = Object.entries(tags).filter(([key]) => !own.some(({ Key }) => Key === key));
  return { ...properties, Tags: [...own, ...more.map(([Key, Value]) => ({ Key, Value }))] };
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

function holds(condition: unknown, scope: Scope): boolean {
  const [[name = "", argument] = []] = Object.entries(condition as object);
  if (name === "Fn::Not") return !holds((argument as readonly unknown[])[0], scope);
  const [left, right] = (argument as readonly unknown[]).map((one) => resolve(one, scope));
  return left === right;
}
