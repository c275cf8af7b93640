import type { Element } from "./element.ts";

interface OpenElement extends Element {
  text: string;
  readonly children: OpenElement[];
}

const DECLARATION = /^<\?xml version="1\.0"(?: encoding="(?:UTF-8|utf-8)")?\?>/;
/**
 * The end tag of an element; its start tag, which may name a namespace; text in printable ASCII without `]`, which may end CDATA; or an
 * entity. Text is one repeated class of characters, because the executable's runtime keeps notes of each round of a repeated group.
 */
const TOKEN =
  /<\/([A-Za-z][A-Za-z0-9]*)>|<([A-Za-z][A-Za-z0-9]*)(?: xmlns="[\w:/.-]*")?(\/?)>|([\t\n !-%'-;=-\\^-~]+)|&(amp|lt|gt|quot|apos);/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads XML as STS writes it, in one pass: elements, their text, and XML's own five entities.
 *
 * @returns null for anything else, which the parser then reads or refuses. What is read here, the parser reads alike.
 */
export function readPlainXml(body: string): Element | null {
  const around: OpenElement = { name: "", text: "", children: [] };
  const open = [around];
  TOKEN.lastIndex = DECLARATION.exec(body)?.[0].length ?? 0;
  while (TOKEN.lastIndex < body.length) {
    const token = TOKEN.exec(body);
    if (token === null || !take(token, open)) return null;
  }
  const [root = null, second] = around.children;
  return open.length === 1 && second === undefined && around.text.trim() === "" ? root : null;
}

/** @returns false for the end of an element that is not the last one that began. */
function take([, ended, begun, isEmpty, text, entity = ""]: RegExpExecArray, open: OpenElement[]): boolean {
  if (ended !== undefined) return open.pop()?.name === ended;
  const current = open[open.length - 1];
  if (current === undefined) return false;
  if (begun === undefined) {
    current.text += text ?? ENTITIES[entity] ?? "";
    return true;
  }
  const element = { name: begun, text: "", children: [] };
  current.children.push(element);
  if (isEmpty === "") open.push(element);
  return true;
}
