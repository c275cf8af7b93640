import { parseXml, type XmlDocument, XmlDocumentType, XmlElement, XmlText } from "@rgrove/parse-xml";
import { Fault } from "../../core/fault.ts";

/** An element with its name resolved: prefixes are the sender's choice, namespaces are not. */
export interface SamlElement {
  readonly namespace: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly SamlElement[];
  /** The element's own text, comments and further elements left out, as canonical XML has it. */
  readonly text: string;
}

export const SAML_ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion";
export const SAML_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol";
export const XML_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#";

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 20_000;

/**
 * Reads an XML document of SAML. Nothing outside of it is ever fetched, and no entity but XML's own five exists.
 *
 * @throws {Fault} `SAML_ENTITIES` for a document type declaration, which is where entities come from; `SAML_MALFORMED`. The text
 * is never repeated in a message.
 */
export function parseSamlXml(text: string): SamlElement {
  // Before the parser sees it: what declares entities is refused, whatever the parser would make of it.
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) {
    throw new Fault("SAML_ENTITIES", "the SAML document declares a document type, which no assertion has", {
      hints: ["somebody may have put it there: tell those who run the provider"],
    });
  }
  const document = parseDocument(text);
  const root = document?.root;
  if (!root || document.children.some((child) => child instanceof XmlDocumentType)) {
    throw new Fault("SAML_MALFORMED", "what should be a SAML document is not XML");
  }
  const budget = { elements: MAX_ELEMENTS };
  return resolveElement(root, new Map([["xml", "http://www.w3.org/XML/1998/namespace"]]), 0, budget);
}

/** The elements at the end of a path of names in the namespace of SAML assertions. */
export function findAll(element: SamlElement, ...names: readonly string[]): readonly SamlElement[] {
  return names.reduce<readonly SamlElement[]>(
    (found, name) => found.flatMap(({ children }) => children.filter((child) => isElement(child, SAML_ASSERTION, name))),
    [element],
  );
}

/** Every element of a document, itself included, in its order. */
export function* everyElement(element: SamlElement): Generator<SamlElement> {
  yield element;
  for (const child of element.children) yield* everyElement(child);
}

export function isElement(element: SamlElement, namespace: string, name: string): boolean {
  return element.namespace === namespace && element.name === name;
}

function parseDocument(text: string): XmlDocument | null {
  try {
    return parseXml(text, { preserveDocumentType: true });
  } catch {
    // What the parser says quotes the document. Elements within one another without end overflow its stack, and end here too.
    return null;
  }
}

function resolveElement(
  element: XmlElement,
  above: ReadonlyMap<string, string>,
  depth: number,
  budget: { elements: number },
): SamlElement {
  budget.elements -= 1;
  if (depth > MAX_DEPTH || budget.elements < 0) {
    throw new Fault("SAML_MALFORMED", "the SAML document has more elements, or deeper ones, than any assertion needs");
  }
  const scope = scopeOf(element, above);
  const [prefix, name] = splitName(element.name);
  const namespace = scope.get(prefix) ?? "";
  if (prefix !== "" && namespace === "")
    throw new Fault("SAML_MALFORMED", "the SAML document uses a prefix that it does not declare");
  const children = element.children.filter((child) => child instanceof XmlElement);
  return {
    namespace,
    name,
    attributes: element.attributes,
    children: children.map((child) => resolveElement(child, scope, depth + 1, budget)),
    text: element.children.map((child) => (child instanceof XmlText ? child.text : "")).join(""),
  };
}

function scopeOf(element: XmlElement, above: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const declared = Object.entries(element.attributes).filter(([name]) => name === "xmlns" || name.startsWith("xmlns:"));
  if (declared.length === 0) return above;
  const scope = new Map(above);
  for (const [name, namespace] of declared) scope.set(name.slice("xmlns:".length), namespace);
  return scope;
}

function splitName(qualified: string): readonly [prefix: string, name: string] {
  const colon = qualified.indexOf(":");
  return colon < 0 ? ["", qualified] : [qualified.slice(0, colon), qualified.slice(colon + 1)];
}
