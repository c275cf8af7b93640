import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decide } from "../../server/rules/decide.ts";
import { parseRules } from "../../server/rules/stored-rules.ts";
import { EXAMPLE_RULES, exampleRulesText, ruleKeys } from "./rule-form.ts";

const guide = readFileSync(join(import.meta.dirname, "../../../docs/guides/administering-the-login-server.md"), "utf8");

test("the guide has every key of a rule, in the words of the schema", () => {
  for (const { key, value, doc } of ruleKeys()) {
    assert.notEqual(doc, "");
    assert.notEqual(value, "");
    assert.ok(guide.includes(`| \`${key}\` | ${value} | ${doc} |`), `| \`${key}\` | ${value} | ${doc} |`);
  }
});

test("the example of the guide is a list of rules that does what the guide says", () => {
  assert.ok(guide.includes(exampleRulesText()), exampleRulesText());
  const rules = parseRules(JSON.parse(exampleRulesText()));
  assert.deepEqual(rules, EXAMPLE_RULES);
  const ask = (email: string, groups: readonly string[], role: string, secondsSinceSignIn: number) =>
    decide(rules, {
      email,
      groups,
      audience: "https://id.example.com",
      role: `arn:aws:iam::111122223333:role/${role}`,
      level: "passkey",
      secondsSinceSignIn,
      address: "192.0.2.1",
    });
  assert.equal(ask("bob@example.com", ["operators"], "prod-db", 60).allowed, true);
  assert.deepEqual(ask("bob@example.com", ["operators"], "prod-db", 7200), {
    allowed: false,
    rule: "production",
    needs: "fresh",
  });
  assert.equal(ask("eve@contractor.example", ["operators"], "prod-db", 60).rule, "no-contractors");
  assert.equal(ask("eve@contractor.example", ["dev"], "dev-db", 60).rule, "developers");
  assert.deepEqual(ask("bob@example.com", ["dev"], "prod-db", 60), { allowed: false, rule: null, needs: null });
});
