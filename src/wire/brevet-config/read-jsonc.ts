import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { Fault } from "../../core/fault.ts";
import { MAX_CHARACTERS, MAX_DEPTH, readPlain, withoutMark } from "./read-plain.ts";

/**
 * The value of a text of JSON with comments and trailing commas; an empty text is an empty object. A byte order mark, as
 * editors on Windows leave it, is skipped.
 *
 * A key that is written twice is a fault: readers do not agree on which one counts, and neither do people.
 *
 * @throws {Fault} `CONFIG_MALFORMED` with line and column.
 */
export function readJsonc(text: string, file: string): unknown {
  const plain = readPlain(text);
  return plain === undefined ? readCarefully(withoutMark(text), file) : plain;
}

/** The same, by a parser that knows places and what is wrong at them, and takes milliseconds to load. @throws {Fault} */
export function readCarefully(body: string, file: string): unknown {
  if (body.trim() === "") return {};
  const at = (offset: number): string => `${file}:${position(body, offset)}`;
  if (body.length > MAX_CHARACTERS) throw new Fault("CONFIG_MALFORMED", `${file} is longer than any config could be`);
  // Before the parser, which calls itself for each level and would overflow the stack.
  const deep = offsetBeyondDepth(body);
  if (deep !== null) throw new Fault("CONFIG_MALFORMED", `${at(deep)} is nested more deeply than any config could be`);
  const errors: ParseError[] = [];
  const tree = parseTree(body, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined || tree === undefined) {
    const problem = error === undefined ? "a value is missing" : spaced(printParseErrorCode(error.error));
    throw new Fault("CONFIG_MALFORMED", `${at(error?.offset ?? 0)} is not JSON: ${problem}`, {
      hints: ["mend the file at that place; comments and trailing commas are allowed"],
    });
  }
  return nodeValue(tree, at);
}

function nodeValue(node: Node, at: (offset: number) => string): unknown {
  if (node.type === "array") return (node.children ?? []).map((child) => nodeValue(child, at));
  if (node.type !== "object") return node.value;
  const members = new Map<string, unknown>();
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    if (members.has(name)) throw new Fault("CONFIG_MALFORMED", `${at(key.offset)}: "${name}" stands there twice`);
    members.set(name, nodeValue(value, at));
  }
  // Unlike an assignment, this makes `__proto__` a key like any other, which is then unknown.
  return Object.fromEntries(members);
}

/** A string or a comment that is not closed is one to the end, or the pattern would be tried again at each mark in it. */
const TOKENS = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[{}[\]]/g;

/** Where brackets are open more deeply than allowed; null if nowhere. Strings and comments are skipped. */
function offsetBeyondDepth(text: string): number | null {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    if (depth > MAX_DEPTH) return index;
  }
  return null;
}

function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** `CommaExpected` → `comma expected`. */
function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
