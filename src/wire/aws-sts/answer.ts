import { parseXml, type XmlDocument, XmlElement, XmlText } from "@rgrove/parse-xml";

/** STS's refusal, as it words it. */
export interface StsError {
  readonly code: string;
  readonly message: string;
}

/** The elements of an STS answer by path; null when it is not XML of STS. */
export type StsAnswer =
  | { readonly kind: "result"; readonly text: (path: string) => string }
  | ({ readonly kind: "error" } & StsError);

/**
 * Reads an answer of STS's query protocol: `<ActionResponse><ActionResult>…` or `<ErrorResponse><Error>…`.
 *
 * `text` gives the text of an element below the result by its path (`Credentials/AccessKeyId`), `""` when there is none. Text
 * inside nested elements does not count: no value of STS has any. No entity is ever fetched or expanded beyond XML's own five.
 */
export function parseStsAnswer(body: string, action: string): StsAnswer | null {
  const root = parseDocument(body)?.root;
  if (!root) return null;
  if (root.name === "ErrorResponse") {
    const code = textAt(root, ["Error", "Code"]);
    return code === "" ? null : { kind: "error", code, message: textAt(root, ["Error", "Message"]) };
  }
  if (root.name !== `${action}Response`) return null;
  return { kind: "result", text: (path) => textAt(root, [`${action}Result`, ...path.split("/")]) };
}

function parseDocument(body: string): XmlDocument | null {
  try {
    return parseXml(body);
  } catch {
    return null;
  }
}

function textAt(element: XmlElement, path: readonly string[]): string {
  let current: XmlElement | undefined = element;
  for (const name of path) {
    current = current?.children.find((child): child is XmlElement => child instanceof XmlElement && child.name === name);
  }
  // Not `current.text`, which descends: thousands of elements within one another would overflow the stack here.
  return (current?.children ?? [])
    .map((child) => (child instanceof XmlText ? child.text : ""))
    .join("")
    .trim();
}
