import type { Element } from "./element.ts";
import { readPlainXml } from "./plain-xml.ts";

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
 * inside nested elements does not count: no value of STS has any. The parser is loaded for what STS itself does not write.
 */
export async function parseStsAnswer(body: string, action: string): Promise<StsAnswer | null> {
  const root = readPlainXml(body) ?? (await import("./any-xml.ts")).readAnyXml(body);
  if (root === null) return null;
  if (root.name === "ErrorResponse") {
    const code = textAt(root, ["Error", "Code"]);
    return code === "" ? null : { kind: "error", code, message: textAt(root, ["Error", "Message"]) };
  }
  if (root.name !== `${action}Response`) return null;
  return { kind: "result", text: (path) => textAt(root, [`${action}Result`, ...path.split("/")]) };
}

function textAt(element: Element, path: readonly string[]): string {
  let current: Element | undefined = element;
  for (const name of path) current = current?.children.find((child) => child.name === name);
  return current?.text.trim() ?? "";
}
