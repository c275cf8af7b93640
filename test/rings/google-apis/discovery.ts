import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";
import type { HttpRequest, HttpResponse } from "../../../src/core/http.ts";
import { wholeBody } from "../../contracts/whole-body.ts";

/** A schema of a discovery document, as far as it is looked at. @see Google API Discovery Service, "JSON Schema" */
interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly readOnly?: boolean;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
}

interface Parameter {
  readonly location: "path" | "query";
  readonly required?: boolean;
  readonly pattern?: string;
}

interface Method {
  readonly id: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly request?: Schema;
  readonly response?: Schema;
}

interface Resources {
  readonly methods?: Readonly<Record<string, Method>>;
  readonly resources?: Readonly<Record<string, Resources>>;
}

interface Discovery extends Resources {
  readonly rootUrl: string;
  readonly servicePath: string;
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** The discovery documents that Google ships with its client for Python. */
export function discoveryDocuments(names: readonly string[]): readonly Discovery[] {
  const program = "import googleapiclient, os; print(os.path.dirname(googleapiclient.__file__))";
  const { stdout } = spawnSync(join(pythonTools(), "python"), ["-c", program], { encoding: "utf8" });
  const folder = join(stdout.trim(), "discovery_cache", "documents");
  return names.map((name) => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Discovery);
}

/**
 * Holds a request, and what was answered, to the document of its API.
 *
 * @returns the id of the method; @throws {Error} naming what the API does not have.
 */
export function checkExchange(request: HttpRequest, response: HttpResponse, documents: readonly Discovery[]): string {
  const url = new URL(request.url);
  for (const document of documents) {
    if (url.origin !== new URL(document.rootUrl).origin) continue;
    const method = methodsOf(document).find((one) => matches(one, request.method, url, document));
    if (method === undefined) continue;
    checkQuery(method, url);
    const text = wholeBody(request);
    const body: unknown = text === undefined ? undefined : JSON.parse(text);
    if (method.request === undefined) {
      if (body !== undefined) throw new Error(`${method.id} takes no body`);
    } else {
      check(body ?? {}, method.request, { document, at: method.id, isRequest: true });
    }
    if (response.status === 200)
      check(JSON.parse(response.body), method.response ?? {}, { document, at: method.id, isRequest: false });
    return method.id;
  }
  throw new Error(`no API has ${request.method} ${request.url}`);
}

function methodsOf({ methods = {}, resources = {} }: Resources): readonly Method[] {
  return [...Object.values(methods), ...Object.values(resources).flatMap(methodsOf)];
}

/** `v1/{+name}:undelete`: what stands in a parameter of the path has to fit its pattern. */
function matches(
  { httpMethod, path, parameters = {} }: Method,
  method: string,
  url: URL,
  { rootUrl, servicePath }: Discovery,
): boolean {
  if (httpMethod !== method) return false;
  const base = new URL(rootUrl).pathname + servicePath;
  const pattern = path.replace(/[.*?()|[\]\\^$]/g, "\\$&").replace(/\{\+?(\w+)\}/g, (_, name: string) => {
    return `(?:${(parameters[name]?.pattern ?? "^[^/]+$").replace(/^\^|\$$/g, "")})`;
  });
  return new RegExp(`^${base}${pattern}$`).test(decodeURIComponent(url.pathname));
}

function checkQuery({ id, parameters = {} }: Method, { searchParams }: URL): void {
  for (const name of searchParams.keys()) {
    if (parameters[name]?.location !== "query") throw new Error(`${id} has no parameter ${name}`);
  }
  for (const [name, { location, required }] of Object.entries(parameters)) {
    if (location === "query" && required === true && !searchParams.has(name))
      throw new Error(`${id} needs the parameter ${name}`);
  }
}

interface Place {
  readonly document: Discovery;
  readonly at: string;
  readonly isRequest: boolean;
}

function check(value: unknown, schema: Schema, place: Place): void {
  const { document, at } = place;
  if (schema.$ref !== undefined) {
    check(value, document.schemas[schema.$ref] ?? {}, place);
  } else if (schema.type === "array") {
    if (!Array.isArray(value)) throw new Error(`${at} is no list`);
    for (const one of value) check(one, schema.items ?? {}, { ...place, at: `${at}[]` });
  } else if (schema.type === "object") {
    checkMembers(value as object, schema, place);
  } else {
    checkValue(value, schema, at);
  }
}

function checkValue(value: unknown, { enum: values, type = "any" }: Schema, at: string): void {
  if (values !== undefined && !values.includes(String(value))) throw new Error(`${at}: ${String(value)} is none of ${values}`);
  const wanted = type === "integer" ? "number" : type;
  if (wanted !== "any" && typeof value !== wanted) throw new Error(`${at} is no ${type}`);
}

function checkMembers(value: object, { properties, additionalProperties }: Schema, place: Place): void {
  for (const [name, member] of Object.entries(value)) {
    const known = properties?.[name] ?? additionalProperties;
    const at = `${place.at}.${name}`;
    if (known === undefined) throw new Error(`there is no ${at}`);
    if (place.isRequest && known.readOnly === true) throw new Error(`${at} is read only`);
    check(member, known, { ...place, at });
  }
}
