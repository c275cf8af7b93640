import type { Rule } from "./rule.ts";
import { ruleSchema } from "./rule.ts";

const PRODUCTION = ["arn:aws:iam::111122223333:role/prod-*"];

/** Rules to begin with. The guide and the page explain them. */
export const EXAMPLE_RULES: readonly Rule[] = [
  { name: "no-contractors", effect: "deny", people: ["*@contractor.example"], roles: PRODUCTION },
  { name: "production", effect: "allow", groups: ["operators"], roles: PRODUCTION, signedInWithin: 3600 },
  { name: "developers", effect: "allow", groups: ["dev", "operators"], roles: ["arn:aws:iam::111122223333:role/dev-*"] },
];

/** {@link EXAMPLE_RULES} as people write them: a rule a line. */
export function exampleRulesText(): string {
  const lines = EXAMPLE_RULES.map((rule) => {
    const members = Object.entries(rule).map(([key, value]) => `"${key}": ${JSON.stringify(value).replaceAll('","', '", "')}`);
    return `  { ${members.join(", ")} }`;
  });
  return `[\n${lines.join(",\n")}\n]`;
}

interface Described {
  readonly type: string;
  readonly wrapped?: Described;
  readonly options?: readonly string[];
  readonly pipe?: readonly { readonly type: string; readonly description?: string }[];
}

/** The keys that a rule may have: name, what it is in JSON, what it says; those that it must have come first. */
export function ruleKeys(): readonly { readonly key: string; readonly value: string; readonly doc: string }[] {
  return Object.entries(ruleSchema.entries).map(([key, entry]) => {
    // A union of every kind of schema, of which valibot's types let no member be read that not all have; a test compares the guide's table.
    const outer = entry as unknown as Described;
    const schema = outer.wrapped ?? outer;
    const doc = schema.pipe?.find(({ type }) => type === "description")?.description ?? "";
    return { key, value: VALUES[schema.type] ?? (schema.options ?? []).map((option) => JSON.stringify(option)).join(", "), doc };
  });
}

const VALUES: Readonly<Record<string, string>> = {
  string: "text",
  array: "list of texts",
  boolean: "true, false",
  number: "number",
};
