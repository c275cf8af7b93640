import { isIP } from "node:net";
import { Fault } from "../../core/fault.ts";
import { RULES } from "../../wire/brevet-api/admin/rules.ts";
import { groupsOf } from "../people/person.ts";
import { decide } from "../rules/decide.ts";
import { parseRules, replaceRules, rulesDocument } from "../rules/stored-rules.ts";
import type { Reader } from "../store/database.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { personNamed } from "./people-endpoints.ts";

/** Rules for tokens: read, replaced as a whole, tried. */
export const ruleEndpoints: readonly Endpoint[] = [
  endpoint(RULES.show, () => async (_call, unit) => ({ value: await rulesOf(unit) })),
  endpoint(RULES.replace, () => async ({ body, by, requireVersion }, unit) => {
    const before = await rulesDocument(unit);
    requireVersion(await rulesOf(unit));
    const rules = parseRules(body.rules);
    replaceRules(unit, before, rules, by);
    return { value: { rules: [...rules] } };
  }),
  endpoint(RULES.decide, () => async ({ body, request }, unit) => {
    const { id, email } = await personNamed(unit, body.person);
    const address = body.address ?? request.address;
    if (isIP(address) === 0) throw new Fault("REQUEST_INVALID", `the body is not as it has to be: address: not an IP address`);
    const rules = body.rules === undefined ? (await rulesOf(unit)).rules : parseRules(body.rules);
    const decision = decide(rules, {
      email,
      groups: await groupsOf(unit, id),
      audience: body.audience,
      role: body.role ?? null,
      level: body.level ?? "passkey",
      secondsSinceSignIn: body.secondsSinceSignIn ?? 0,
      address,
    });
    return { value: { allowed: decision.allowed, rule: decision.rule, needs: decision.allowed ? null : decision.needs } };
  }),
];

async function rulesOf(reader: Reader) {
  return { rules: [...parseRules(JSON.parse((await rulesDocument(reader)) ?? "[]") as unknown[])] };
}
