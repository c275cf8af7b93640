import { type CelInput, CelScalar, type CelValue, celMethod, isCelError, isCelList, run } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";

/** What an expression gives; `unknown` when it uses a function that Google may have and this evaluator lacks. */
export type CelOutcome =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "texts"; readonly value: readonly string[] }
  | { readonly kind: "truth"; readonly value: boolean }
  /** A value of another type, by its name. */
  | { readonly kind: "other"; readonly type: string }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string };

/**
 * `text.extract("before{name}after")`, Google's own addition to CEL: the part in the place of the braces, `""` when the text does
 * not match.
 *
 * @see https://cloud.google.com/iam/docs/conditions-attribute-reference#extract
 */
const extract = celMethod("extract", CelScalar.STRING, [CelScalar.STRING], CelScalar.STRING, function (template) {
  const [, before, after] = /^([^{]*)\{[^{}]+\}([^{]*)$/.exec(template) ?? [];
  if (before === undefined || after === undefined) throw new Error(`"${template}" is no template with one {name}`);
  const start = this.indexOf(before);
  if (start < 0) return "";
  const from = start + before.length;
  const end = after === "" ? this.length : this.indexOf(after, from);
  return end < 0 ? "" : this.slice(from, end);
});

const FUNCTIONS = [...strings, extract];

/** Evaluates an expression of an attribute mapping or a condition over JSON values. Raises nothing. */
export function evaluateCel(expression: string, variables: Readonly<Record<string, unknown>>): CelOutcome {
  const bindings = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, asInput(value)]));
  let result: ReturnType<typeof run>;
  try {
    result = run(expression, bindings, { funcs: FUNCTIONS });
  } catch (error) {
    // The evaluator claims to throw nothing; an exception is no verdict of Google's.
    return { kind: "unknown", message: error instanceof Error ? error.message : String(error) };
  }
  if (!isCelError(result)) return outcomeOf(result);
  const message = result.message.split("\n")[0] ?? "";
  return { kind: message.startsWith("unbound function") ? "unknown" : "error", message };
}

/** Google reads claims as JSON does: a number is a double. */
function asInput(value: unknown): CelInput {
  if (Array.isArray(value)) return value.map(asInput);
  if (typeof value === "object" && value !== null) {
    return new Map(Object.entries(value).map(([name, member]) => [name, asInput(member)]));
  }
  return value === undefined ? null : (value as string | number | boolean | null);
}

function outcomeOf(value: CelValue): CelOutcome {
  if (typeof value === "string") return { kind: "text", value };
  if (typeof value === "boolean") return { kind: "truth", value };
  if (isCelList(value)) {
    const items = [...value];
    const texts = items.filter((item) => typeof item === "string");
    return texts.length === items.length
      ? { kind: "texts", value: texts }
      : { kind: "other", type: "a list of other than texts" };
  }
  return {
    kind: "other",
    type: typeof value === "object" ? "a map" : typeof value === "bigint" ? "a number" : `a ${typeof value}`,
  };
}
