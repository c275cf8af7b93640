import { parseXml, XmlElement, XmlText } from "@rgrove/parse-xml";
import type { Element } from "./element.ts";

/** Reads any XML; null for what is none. No entity is ever fetched, or expanded beyond XML's own five. */
export function readAnyXml(body: string): Element | null {
  try {
    const { root } = parseXml(body);
    return root === null ? null : elementOf(root);
  } catch {
    return null;
  }
}

/** Text and children are read only when they are asked for: thousands of elements within one another would overflow the stack. */
function elementOf({ name, children }: XmlElement): Element {
  return {
    name,
    get text() {
      return children.map((child) => (child instanceof XmlText ? child.text : "")).join("");
    },
    get children() {
      return children.filter((child) => child instanceof XmlElement).map(elementOf);
    },
  };
}
