import { isJsonObject, type JsonObject } from "../../core/json-object.ts";

/**
 * Whether an answer has a member, by its path. `name` and `properties.clientId` are texts that are not empty; `value[].id` is such a text
 * in every object of a list; `value[]` is a list of objects, which may be empty.
 */
export function hasMember(answer: unknown, path: string): boolean {
  if (path === "") return isJsonObject(answer);
  const [, name = "", isList = "", rest] = /^(\w+)(\[\])?(?:\.(.*))?$/.exec(path) ?? [];
  const member = isJsonObject(answer) ? answer[name] : undefined;
  if (isList !== "") return Array.isArray(member) && member.every((one) => hasMember(one, rest ?? ""));
  return rest === undefined ? typeof member === "string" && member !== "" : hasMember(member, rest);
}

/** The text of a member; empty if the member is absent or of another type. */
export function textOf(member: unknown): string {
  return typeof member === "string" ? member : "";
}

/** The texts of a list; none if the list is absent. */
export function textsOf(member: unknown): readonly string[] {
  return Array.isArray(member) ? member.filter((one) => typeof one === "string") : [];
}

/** The objects of a list; none if the list is absent. */
export function objectsOf(member: unknown): readonly JsonObject[] {
  return Array.isArray(member) ? member.filter(isJsonObject) : [];
}
