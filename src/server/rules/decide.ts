import { isIP } from "node:net";
import type { Lacking } from "../../wire/brevet-api/lacking.ts";
import { meetsLevel } from "../../wire/brevet-api/levels.ts";
import type { Rule, TokenRequest, TokenShape } from "../../wire/brevet-api/rule.ts";
import { type Networks, networkList } from "../http/networks.ts";

/** Why something is refused. */
export interface Refusal {
  /** The rule that refused, or the one that would have allowed it but for `needs`; null when no rule is about it. */
  readonly rule: string | null;
  /** What would help: a stronger or a fresher sign-in, another network. */
  readonly needs: Lacking | null;
}

/** What was decided, and by which rule; null: by none. */
export type Decision =
  | { readonly allowed: true; readonly rule: string | null; readonly shape: TokenShape }
  | ({ readonly allowed: false } & Refusal);

const PLAIN: TokenShape = { subject: "email", tags: true, sourceIdentity: true, tagGroups: [] };

/**
 * Decides whether a person may have a token. Pure.
 *
 * A rule is about a request when its people, groups, audiences and roles all fit. The first such rule decides; an `allow` whose
 * level, freshness or network is not met is passed over, and if nothing else allows, the refusal names it and what it lacked. A
 * `deny` denies whatever the sign-in: its conditions, if it has any, say for which sign-ins it is meant.
 */
export function decide(rules: readonly Rule[], request: TokenRequest): Decision {
  if (rules.length === 0) return { allowed: true, rule: null, shape: PLAIN };
  let nearest: Refusal = { rule: null, needs: null };
  for (const rule of rules) {
    if (!isAbout(rule, request)) continue;
    const needs = unmet(rule, request);
    if (rule.effect === "deny") {
      if (needs === null) return { allowed: false, rule: rule.name, needs: null };
      continue;
    }
    if (needs === null) return { allowed: true, rule: rule.name, shape: shapeOf(rule) };
    if (nearest.rule === null) nearest = { rule: rule.name, needs };
  }
  return { allowed: false, ...nearest };
}

function isAbout({ effect, people, groups, audiences, roles }: Rule, request: TokenRequest): boolean {
  if (people !== undefined && !people.some((pattern) => matches(pattern.toLowerCase(), request.email.toLowerCase())))
    return false;
  if (groups !== undefined && !groups.some((group) => request.groups.includes(group))) return false;
  if (audiences !== undefined && !audiences.some((pattern) => matches(pattern, request.audience))) return false;
  if (roles === undefined) return true;
  const { role } = request;
  // A role that does not ask for its claim takes a token that names none.
  if (role === null) return effect === "deny";
  return roles.some((pattern) => matches(pattern, role));
}

function unmet({ effect, level, signedInWithin, networks }: Rule, request: TokenRequest): Refusal["needs"] {
  if (level !== undefined && !meetsLevel(request.level, level)) return "level";
  if (signedInWithin !== undefined && request.secondsSinceSignIn > signedInWithin) return "fresh";
  if (networks !== undefined && !isWithin(networks, effect, request.address)) return "network";
  return null;
}

/** An unknown address fulfils no `allow` that names networks, and escapes no `deny`. */
function isWithin(networks: readonly string[], effect: Rule["effect"], address: string): boolean {
  return (effect === "deny" && isIP(address) === 0) || networksOf(networks)(address);
}

const compiled = new WeakMap<readonly string[], Networks>();

/** The rules stay the same objects until an administrator changes them. */
function networksOf(networks: readonly string[]): Networks {
  const known = compiled.get(networks);
  if (known !== undefined) return known;
  const made = networkList(networks);
  compiled.set(networks, made);
  return made;
}

function shapeOf({ subject, tags, sourceIdentity, tagGroups }: Rule): TokenShape {
  return {
    subject: subject ?? PLAIN.subject,
    tags: tags ?? PLAIN.tags,
    sourceIdentity: sourceIdentity ?? PLAIN.sourceIdentity,
    tagGroups: tagGroups ?? PLAIN.tagGroups,
  };
}

/** `*` matches any characters, everything else itself. Linear in the text, whatever the pattern. */
function matches(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return text === first;
  const last = rest.pop() ?? "";
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
