import type { SandboxAnswer, SandboxRequest } from "../service.ts";
import { finding, Refusal } from "./refusal.ts";

/**
 * The AWS Query protocol: parameters of a form or a query string in, XML out.
 *
 * @see Smithy 2.0, AWS Query protocol; STS API Reference, Making Query Requests
 */
export const STS_VERSION = "2011-06-15";
const NAMESPACE = `https://sts.amazonaws.com/doc/${STS_VERSION}/`;

/** The parameters of one request, by their flattened names: `PolicyArns.member.1.arn`. */
export type Parameters = ReadonlyMap<string, string>;

/** A result as it is rendered: text, or members in this order. A member that is null is left out. */
export type XmlValue = string | { readonly [name: string]: XmlValue | null };

/**
 * Reads the parameters of a request: the form of a `POST`, the query of a `GET`.
 *
 * @throws {Refusal} `ValidationError` for a parameter given twice; STS does not say which one would count.
 */
export function parseParameters(request: SandboxRequest): Parameters {
  const text = request.method === "POST" && request.body !== "" ? request.body : request.query;
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (parameters.has(name)) throw new Refusal("ValidationError", `Duplicate parameter: ${name}`);
    parameters.set(name, value);
  }
  return parameters;
}

/** The values of a list parameter: `<name>.member.1<suffix>`, `<name>.member.2<suffix>`, … without a gap. */
export function listParameter(parameters: Parameters, name: string, suffix = ""): readonly string[] {
  const values: string[] = [];
  for (let index = 1; ; index++) {
    const value = parameters.get(`${name}.member.${index}${suffix}`);
    if (value === undefined) break;
    values.push(value);
  }
  const count = [...parameters.keys()].filter((key) => key.startsWith(`${name}.member.`) && key.endsWith(suffix)).length;
  if (count !== values.length) {
    const seen = [...parameters.keys()].filter((key) => key.startsWith(`${name}.member.`));
    throw new Refusal("ValidationError", `1 validation error detected: ${name} is not a list of members 1, 2, 3, …`, [
      finding(name, `${name}.member.1${suffix}, ${name}.member.2${suffix}, …`, seen, "the list has a gap or another form"),
    ]);
  }
  return values;
}

/** The answer of an operation that succeeded: `<XResponse><XResult>…`. */
export function encodeResult(action: string, result: XmlValue, requestId: string): SandboxAnswer {
  const body = element(`${action}Response`, { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } });
  return xmlAnswer(200, body, requestId);
}

/** The answer of an operation that was refused: `<ErrorResponse><Error>…`. */
export function encodeRefusal(refusal: Refusal, requestId: string): SandboxAnswer {
  const type = refusal.status >= 500 ? "Receiver" : "Sender";
  const error = { Type: type, Code: refusal.code, Message: refusal.message };
  return xmlAnswer(refusal.status, element("ErrorResponse", { Error: error, RequestId: requestId }), requestId);
}

function xmlAnswer(status: number, body: string, requestId: string): SandboxAnswer {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body: `${body}\n` };
}

function element(root: string, value: XmlValue): string {
  return `<${root} xmlns="${NAMESPACE}">\n${members(value, "  ")}</${root}>`;
}

function members(value: XmlValue, indent: string): string {
  if (typeof value === "string") return escapeXml(value);
  let text = "";
  for (const [name, member] of Object.entries(value)) {
    if (member === null) continue;
    const inner = typeof member === "string" ? escapeXml(member) : `\n${members(member, `${indent}  `)}${indent}`;
    text += `${indent}<${name}>${inner}</${name}>\n`;
  }
  return text;
}

/** XML 1.0 §2.2 forbids most control characters even as references, so they become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
