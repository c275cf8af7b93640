import { Fault } from "../../core/fault.ts";
import { placeIn } from "../../core/place.ts";
import { type Rule, ruleSchema } from "../../wire/brevet-api/rule.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import type { Author } from "../audit/event.ts";
import { parseNetworks } from "../settings/addresses.ts";
import { type Reader, text, type VersionedReader } from "../store/database.ts";
import { remembered } from "../store/remembered.ts";
import type { Unit } from "../store/unit.ts";
import { staleVersion } from "../store/version.ts";

/**
 * Reads a rule as an administrator wrote it.
 *
 * @param index its place in the list, from 0; people count from 1.
 * @throws {Fault} `CONFIG_MALFORMED`, `CONFIG_KEY_UNKNOWN`, `URL_INVALID`
 */
function parseRule(raw: unknown, index: number): Rule {
  const rule = parseOptions(ruleSchema, raw, placeIn(null, `rule ${index + 1}`));
  parseNetworks(rule.networks ?? []);
  return rule;
}

/** The rules as they are now: known already, or read. Who need not wait for them is spared a turn. */
export type RulesNow = () => readonly Rule[] | Promise<readonly Rule[]>;

/** The rules in their order; what was read is kept until an administrator changes one. */
export function storedRules(reader: VersionedReader): RulesNow {
  let known: { readonly document: string; readonly rules: readonly Rule[] } | null = null;
  const rules = remembered<readonly Rule[]>(reader, ["setting"]);
  const read = async (): Promise<readonly Rule[]> => {
    const document = (await rulesDocument(reader)) ?? "[]";
    // One document: a decision is made from the rules of one moment, and an unchanged one is not read twice.
    if (known?.document !== document) known = { document, rules: (JSON.parse(document) as unknown[]).map(parseRule) };
    return known.rules;
  };
  return () => rules.known("") ?? rules.find("", read).then((found) => found ?? []);
}

/** The rules as the database has them, which a change is based on; null: nobody has written any yet. */
export async function rulesDocument(reader: Reader): Promise<string | null> {
  const [row] = await reader.read("SELECT value FROM setting WHERE name = 'rules'");
  return row === undefined ? null : text(row, "value");
}

/**
 * Collects the replacement of the whole list of rules.
 *
 * @param before what {@link rulesDocument} gave, which the new ones are based on.
 * @throws {Fault} `VERSION_STALE` at commit when somebody else was faster.
 */
export function replaceRules(unit: Unit, before: string | null, rules: readonly Rule[], by: Author): void {
  const document = JSON.stringify(rules);
  const lost = () => staleVersion("the rules");
  if (before === null) {
    unit.claim("INSERT INTO setting (name, value) VALUES ('rules', ?) ON CONFLICT (name) DO NOTHING", [document], lost);
  } else unit.claim("UPDATE setting SET value = ? WHERE name = 'rules' AND value = ?", [document, before], lost);
  unit.record({ name: "rules.changed", ...by, details: { rules: rules.map(({ name }) => name), document } });
}

/** Reads a list of rules. @throws {Fault} of {@link parseRule}; `NAME_INVALID` when two have one name, which the log could not tell apart. */
export function parseRules(raw: readonly unknown[]): readonly Rule[] {
  const rules = raw.map(parseRule);
  const names = rules.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return rules;
  throw new Fault("NAME_INVALID", `two rules are called "${twice}"`);
}
