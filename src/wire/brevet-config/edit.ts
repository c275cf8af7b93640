import { applyEdits, findNodeAtLocation, modify, type Node, parseTree } from "jsonc-parser";

/** Where a value is in the config: `["profiles", "dev"]`. */
export type ConfigPath = readonly string[];

/** Without a comment: each call reads the config, and plain JSON is read the fastest. */
const NEW_CONFIG = "{\n}\n";

/**
 * The config's text with one value set, or removed when `value` is undefined. Comments, order and the formatting of everything
 * else stay as they are: `jsonc-parser`'s own edits reformat each line that they touch, and would spread identities that somebody
 * keeps one to a line.
 *
 * @param text must have been read by `parseConfig` without a fault; an empty text starts a new config.
 */
export function editConfig(text: string, path: ConfigPath, value: unknown): string {
  const [, mark = "", body = ""] = /^(\uFEFF?)([\s\S]*)$/.exec(text) ?? [];
  return mark + editBody(body.trim() === "" ? NEW_CONFIG : body, path, value);
}

function editBody(original: string, path: ConfigPath, value: unknown): string {
  const root = parseTree(original, [], { allowTrailingComma: true });
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
  if (value === undefined) return node === undefined ? original : removeProperty(original, node);
  if (node !== undefined) return replaceNode(original, node, value);
  const depth = path.findLastIndex(
    (_, index) => root !== undefined && findNodeAtLocation(root, path.slice(0, index)) !== undefined,
  );
  const parent = root === undefined ? undefined : findNodeAtLocation(root, path.slice(0, depth));
  const [key = "", ...below] = path.slice(depth);
  if (parent?.type !== "object") return applyEdits(original, modify(original, [...path], value, {}));
  return insertProperty(
    original,
    parent,
    key,
    below.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value),
  );
}

function replaceNode(text: string, node: Node, value: unknown): string {
  const written = json(text, value, indentOf(text, node.parent?.offset ?? node.offset));
  return splice(text, node.offset, endOf(node), written);
}

/** As the last property of its object, on a line of its own if the one before has that. */
function insertProperty(text: string, object: Node, key: string, value: unknown): string {
  const last = object.children?.at(-1);
  const eol = lineEnding(text);
  if (last === undefined) return insertFirst(text, object, key, value);
  const end = endOf(last);
  if (!startsLine(text, last.offset)) return splice(text, end, end, `, ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const indent = indentOf(text, last.offset);
  const property = `${indent}${JSON.stringify(key)}: ${json(text, value, indent)}`;
  // The comma goes to the value, the new line behind a comment that belongs to the value.
  const [tail, comma, comment = ""] = TAIL.exec(text.slice(end)) ?? [];
  if (tail === undefined) return splice(text, end, end, `,${eol}${property}`);
  return splice(text, end, end + tail.length, `${comma ?? ","}${comment}${eol}${property}${comma === undefined ? "" : ","}`);
}

/** What may follow a value on its line, if nothing else does: a comma, a comment. */
const TAIL = /^([ \t]*,)?([ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/)?[ \t]*)(?=\r|\n|$)/;

function insertFirst(text: string, object: Node, key: string, value: unknown): string {
  const outer = indentOf(text, object.offset);
  const indent = `${outer}  `;
  const inside = text.slice(object.offset + 1, endOf(object) - 1);
  const kept = inside.trimEnd();
  const eol = lineEnding(text);
  const written = `${kept}${eol}${indent}${JSON.stringify(key)}: ${json(text, value, indent)}${eol}${outer}`;
  return splice(text, object.offset + 1, endOf(object) - 1, written);
}

/** With its line, the comment at its end, and the comma that is no longer needed. */
function removeProperty(text: string, node: Node): string {
  const property = node.parent;
  const siblings = property?.parent?.children ?? [];
  const index = property === undefined ? -1 : siblings.indexOf(property);
  const [tail, ownComma] = TAIL.exec(text.slice(property === undefined ? 0 : endOf(property))) ?? [];
  if (property === undefined || tail === undefined || !startsLine(text, property.offset)) return removeInLine(text, node);
  const before = siblings[index - 1];
  const start = lineStart(text, property.offset);
  const end = endOf(property) + tail.length;
  const next = text.startsWith("\r\n", end) ? end + 2 : end + 1;
  const cut = splice(text, start, next, "");
  if (siblings.length === 1) return collapse(cut, property.parent, next - start);
  if (before === undefined || index < siblings.length - 1 || ownComma !== undefined) return cut;
  const comma = COMMA.exec(cut.slice(endOf(before)))?.[0].length;
  return comma === undefined ? cut : splice(cut, endOf(before) + comma - 1, endOf(before) + comma, "");
}

/** The next comma that is in no comment. */
const COMMA = /^(?:\s|\/\/[^\r\n]*(?=[\r\n])|\/\*(?:(?!\*\/)[\s\S])*\*\/)*,/;

function removeInLine(text: string, node: Node): string {
  const path: string[] = [];
  for (let at: Node | undefined = node.parent; at?.type === "property"; at = at.parent?.parent)
    path.unshift(at.children?.[0]?.value);
  return applyEdits(text, modify(text, path, undefined, {}));
}

/** An object that lost its only property is `{}` again, unless a comment is in it. */
function collapse(text: string, object: Node | undefined, removed: number): string {
  if (object === undefined) return text;
  const [start, end] = [object.offset + 1, endOf(object) - removed - 1];
  return text.slice(start, end).trim() === "" ? splice(text, start, end, "") : text;
}

function json(text: string, value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", lineEnding(text) + indent);
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;
}

function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === "";
}

function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? "";
}

function lineEnding(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
