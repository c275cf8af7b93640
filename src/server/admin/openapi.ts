import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { FAULT_CODES, type FaultCode } from "../../core/fault-codes.ts";
import { API_BASE, type Fields, type Operation } from "../../wire/brevet-api/admin/operation.ts";
import { OPERATIONS } from "../../wire/brevet-api/admin/operations.ts";
import { statusOf } from "../http/status.ts";

type Json = Readonly<Record<string, unknown>>;

/** What any call may fail by. */
const ALWAYS: readonly FaultCode[] = ["REQUEST_INVALID", "TOKEN_REFUSED", "ADMINISTRATOR_NEEDED"];

/** The OpenAPI document of the administrators' API, made from the descriptions by which requests are checked. @see OpenAPI 3.1.0 */
export function openApiDocument(issuer: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) {
    const path = `${API_BASE}${operation.path}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "brevet login server: the administrators' API",
      version: "1",
      description:
        "For who has signed in at the command line and is in the group `administrators`: the access token of that session, with a " +
        "DPoP proof (RFC 9449). A change wants the key to have been used in the last five minutes. Refusals are problem documents " +
        "(RFC 9457) with a `code`. `brevet admin` calls it. Where `{person}` is part of a path, `me` is who asks; what is marked " +
        "`x-own`, everybody may do about themselves.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: issuer }],
    tags: [...new Set(OPERATIONS.map(({ tag }) => tag))].map((name) => ({ name })),
    security: [{ session: [] }],
    paths,
    components: {
      securitySchemes: {
        session: {
          type: "http",
          scheme: "DPoP",
          description: "`Authorization: DPoP TOKEN` and a header `DPoP` with a proof for this request.",
        },
      },
      schemas: { Problem: PROBLEM },
    },
  };
}

function operationObject(operation: Operation): Json {
  const { name, tag, summary, description, body, fresh, own } = operation;
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    "x-fresh-sign-in": fresh,
    ...(own === undefined ? {} : { "x-own": own }),
    parameters: parametersOf(operation),
    ...(body === null ? {} : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body) } } } }),
    responses: { ...answerOf(operation), ...refusalsOf(operation) },
  };
}

function parametersOf({ path, query, version }: Operation): readonly Json[] {
  const segments = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", minLength: 1 },
  }));
  const inQuery = schemaOf(query) as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  const fields = Object.entries(inQuery.properties ?? {}).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: inQuery.required?.includes(name) ?? false,
    ...(description === undefined ? {} : { description }),
    schema,
  }));
  const match = {
    name: "If-Match",
    in: "header",
    required: version === "needed",
    description: "The `etag` that the change was made from: if it is another now, the change is refused.",
    schema: { type: "string" },
  };
  return [...segments, ...fields, ...(version === undefined ? [] : [match])];
}

function answerOf({ answer, status: made, lines, method, version }: Operation): Json {
  const status = made ?? 200;
  if (answer === null) return { 204: { description: "It is done." } };
  const type = lines ? "application/x-ndjson" : "application/json";
  const etag = { etag: { description: "The version of what is answered.", schema: { type: "string" } } };
  const cursor = { "brevet-cursor": { description: "Where the next part begins.", schema: { type: "string" } } };
  const headers = { ...(method === "GET" || version !== undefined ? etag : {}), ...(lines ? cursor : {}) };
  return {
    [status]: {
      description: status === 201 ? "It is made." : "It is done, or found.",
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      content: { [type]: { schema: schemaOf(answer) } },
    },
  };
}

function refusalsOf({ faults, fresh, body, path }: Operation): Json {
  // Whatever a path names may be not there.
  const named: readonly FaultCode[] = path.includes("{") ? ["RECORD_ABSENT"] : [];
  const codes = [...new Set([...ALWAYS, ...(fresh ? (["SIGN_IN_STALE"] as const) : []), ...named, ...faults])];
  const statuses = new Map<number, FaultCode[]>();
  for (const code of codes) statuses.set(statusOf(code), [...(statuses.get(statusOf(code)) ?? []), code]);
  // What the listener says before an operation is asked.
  const early: readonly (readonly [number, readonly FaultCode[]])[] = [
    [429, ["REQUESTS_TOO_MANY"]],
    [503, ["DATABASE_UNAVAILABLE", "DATABASE_FULL"]],
  ];
  for (const [status, codes] of early) statuses.set(status, [...codes]);
  for (const status of body === null ? [] : [413, 415]) statuses.set(status, ["REQUEST_INVALID"]);
  const tooLong = { 431: { description: "The line of the request and its headers are too long. Without a body." } };
  const sorted = [...statuses].sort(([a], [b]) => a - b);
  const refusals = Object.fromEntries(
    sorted.map(([status, of]) => [
      status,
      {
        description: of.map((code) => `\`${code}\`: ${FAULT_CODES[code].doc}.`).join("\n"),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
  return { ...refusals, ...tooLong };
}

const PROBLEM: Json = {
  type: "object",
  required: ["type", "title", "status", "code", "detail"],
  properties: {
    type: { type: "string", description: "`urn:brevet:fault:` and the code." },
    title: { type: "string", description: "The code in words." },
    status: { type: "integer" },
    code: { type: "string", description: "Never renamed: programs may match on it." },
    detail: { type: "string", description: "What happened, to which of the values that were sent." },
    hints: { type: "array", items: { type: "string" }, description: "What to do next." },
  },
};

function schemaOf(schema: Fields | v.GenericSchema): Json {
  const { $schema: _version, ...rest } = toJsonSchema(schema as v.GenericSchema, { target: "draft-2020-12", errorMode: "throw" });
  return rest;
}
