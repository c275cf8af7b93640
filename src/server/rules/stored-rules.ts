import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { parseNetworks } from "../settings/addresses.ts";
import { type Reader, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import { type Rule, ruleSchema } from "./rule.ts";

/** Reads a rule as an administrator wrote it. @throws {Fault} `CONFIG_MALFORMED`, `CONFIG_KEY_UNKNOWN`, `URL_INVALID` */
export function parseRule(raw: unknown): Rule {
  const rule = parseOptions(ruleSchema, raw, "rule");
  parseNetworks(rule.networks ?? []);
  return rule;
}

/** The rules in their order; what was read is kept until an administrator changes one. */
export function storedRules(reader: Reader): () => Promise<readonly Rule[]> {
  let known: { readonly document: string; readonly rules: readonly Rule[] } | null = null;
  return async () => {
    const [row] = await reader.read("SELECT value FROM setting WHERE name = 'rules'");
    const document = row === undefined ? "[]" : text(row, "value");
    // One document: a decision is made from the rules of one moment, and an unchanged one is not read twice.
    if (known?.document !== document) known = { document, rules: (JSON.parse(document) as unknown[]).map(parseRule) };
    return known.rules;
  };
}

/** Collects the whole list of rules, in place of what was there. */
export function writeRules(unit: Unit, rules: readonly Rule[], actor: string | null): void {
  unit.write("INSERT INTO setting (name, value) VALUES ('rules', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", [
    JSON.stringify(rules),
  ]);
  unit.record({ name: "rules.changed", actor, client: null, address: null, details: { rules: rules.map(({ name }) => name) } });
}
