import { isJsonObject, type JsonObject, readOwnJson } from "../core/json-object.ts";
import { EXCHANGE_KEYS } from "../wire/brevet-config/config.ts";
import type { Owner, Step } from "./plan.ts";
import { entryStep } from "./planned-step.ts";

/** An identity or a profile that a setup wants in brevet's own config. */
export interface ConfigEntry {
  readonly noun: "identity" | "profile";
  readonly name: string;
  /** What the setup asks for, as the config is to have it. */
  readonly value: JsonObject;
  /** What to type where the name is taken by somebody else; default: the flag that names another. */
  readonly takenHint?: string;
  /** Of its step, where a plan has several; default: its kind. */
  readonly stepId?: string;
}

/** What the config has under a name. Nothing in it says who wrote that: the records of setups do. */
export interface PresentEntry {
  /** Its JSON; null: the config has none of that name. */
  readonly state: string | null;
  /** The setups that made it, by the ids of their plans, with what each asked for the last time, as JSON. */
  readonly makers: ReadonlyMap<string, string>;
}

/** Reads what the config has under a name now. */
export type EntryReader = (noun: ConfigEntry["noun"], name: string) => Promise<PresentEntry>;

export const NO_ENTRY: PresentEntry = { state: null, makers: new Map() };

/** Whose an entry is for a plan: another setup's is somebody else's. */
export function ownerFor(plan: string, { state, makers }: PresentEntry): Owner {
  if (state === null) return "nobody";
  return makers.has(plan) ? "ours" : "theirs";
}

/**
 * The step that adds an entry, or brings it up to date: what somebody wrote beside what the setup asked for stays.
 *
 * @param plan the id of the plan that it is of.
 * @param file brevet's config.
 * @throws {Fault} `PLAN_CONFLICT` when the entry is somebody else's and says something else.
 */
export function configStep(plan: string, file: string, entry: ConfigEntry, present: PresentEntry): Step {
  const { noun, name, value, stepId } = entry;
  const kind = `brevet-${noun}`;
  const takenHint = entry.takenHint ?? `give another name by \`--${noun} NAME\``;
  const asked = jsonOf(value);
  const owner = ownerFor(plan, present);
  const after = owner === "ours" ? jsonOf(withOptionsOfOthers(value, present, present.makers.get(plan))) : asked;
  const wanted = { id: stepId ?? kind, kind, address: { file, [noun]: name }, what: `the ${noun} ${name} in ${file}`, after };
  const step = entryStep(wanted, { state: present.state, owner }, takenHint);
  return after === asked ? step : { ...step, asked };
}

function jsonOf(value: JsonObject): string {
  return JSON.stringify(value, null, 2);
}

/** Members of a profile of which one takes the place of another. */
const ALTERNATIVES = new Set<string>(["identity", "via", ...EXCHANGE_KEYS]);

function withOptionsOfOthers(asked: JsonObject, { state }: PresentEntry, former = "{}"): JsonObject {
  const present = readOwnJson<JsonObject>(state ?? "{}");
  const kept = Object.entries(present).filter(([key]) => Object.hasOwn(asked, key) || !ALTERNATIVES.has(key));
  return merged(asked, Object.fromEntries(kept), readOwnJson<JsonObject>(former));
}

/** What is asked for, and of what is there all that was not asked for the last time either, in the order that is there. */
function merged(asked: JsonObject, present: JsonObject, former: JsonObject): JsonObject {
  const kept = Object.entries(present).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
    const last = Object.hasOwn(former, key) ? former[key] : undefined;
    // A block that only the last setup asked for goes as a whole, even if somebody edited it: its mere presence has a meaning.
    if (!Object.hasOwn(asked, key))
      return isJsonObject(last) || JSON.stringify(value) === JSON.stringify(last) ? [] : [[key, value]];
    const wanted = asked[key];
    if (!isJsonObject(wanted) || !isJsonObject(value)) return [[key, wanted]];
    return [[key, merged(wanted, value, isJsonObject(last) ? last : {})]];
  });
  const added = Object.entries(asked).filter(([key]) => !Object.hasOwn(present, key));
  return Object.fromEntries([...kept, ...added]);
}
