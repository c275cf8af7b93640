import { isJsonObject } from "../../core/json-object.ts";
import type { Resource } from "./records.ts";
import { Refusal } from "./refusal.ts";

/** The members that an object of a request may have, each with what it has to be. */
export type Shape = Readonly<Record<string, "text" | "boolean" | "number" | "texts" | "list" | "object" | "map">>;

/** What callers may write of each resource. Fields that Google fills in are accepted and ignored, as Google does. */
export const SHAPES = {
  pool: { name: "text", displayName: "text", description: "text", disabled: "boolean", state: "text", mode: "text" },
  provider: {
    name: "text",
    displayName: "text",
    description: "text",
    disabled: "boolean",
    state: "text",
    attributeMapping: "map",
    attributeCondition: "text",
    oidc: "object",
  },
  oidc: { issuerUri: "text", allowedAudiences: "texts", jwksJson: "text", discoveryUri: "text" },
  createAccount: { accountId: "text", serviceAccount: "object" },
  patchAccount: { serviceAccount: "object", updateMask: "text" },
  account: {
    name: "text",
    projectId: "text",
    uniqueId: "text",
    email: "text",
    displayName: "text",
    etag: "text",
    description: "text",
    oauth2ClientId: "text",
    disabled: "boolean",
  },
  setPolicy: { policy: "object", updateMask: "text" },
  getPolicy: { options: "object" },
  policyOptions: { requestedPolicyVersion: "number" },
  policy: { version: "number", bindings: "list", auditConfigs: "list", etag: "text" },
  binding: { role: "text", members: "texts", condition: "object" },
  nothing: {},
} as const satisfies Record<string, Shape>;

/** Reads the body of a request. @throws {Refusal} `INVALID_ARGUMENT`, as Google refuses members that it does not know. */
export function readBody(body: string, shape: Shape): Resource {
  let value: unknown;
  try {
    value = JSON.parse(body === "" ? "{}" : body);
  } catch {
    throw new Refusal("INVALID_ARGUMENT", "Invalid JSON payload received. Parsing failed.");
  }
  return checkShape(value, shape, "");
}

/** @throws {Refusal} `INVALID_ARGUMENT` */
export function checkShape(value: unknown, shape: Shape, at: string): Resource {
  if (!isJsonObject(value))
    throw new Refusal("INVALID_ARGUMENT", `Invalid JSON payload received. ${at || "The body"} is no object.`);
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const where = at === "" ? name : `${at}.${name}`;
    if (kind === undefined) {
      throw new Refusal(
        "INVALID_ARGUMENT",
        `Invalid JSON payload received. Unknown name "${where.slice(0, 100)}": Cannot find field.`,
      );
    }
    if (!IS[kind](member)) throw new Refusal("INVALID_ARGUMENT", `Invalid value at '${where}' (${kind}).`);
  }
  return value;
}

const isText = (value: unknown): boolean => typeof value === "string";
const IS: Readonly<Record<Shape[string], (value: unknown) => boolean>> = {
  text: isText,
  boolean: (value) => typeof value === "boolean",
  number: (value) => Number.isInteger(value),
  texts: (value) => Array.isArray(value) && value.every(isText),
  list: (value) => Array.isArray(value),
  object: isJsonObject,
  map: (value) => isJsonObject(value) && Object.values(value).every(isText),
};

/** @throws {Refusal} `INVALID_ARGUMENT` for a longer text. */
export function requireShort(value: unknown, most: number, at: string): void {
  if (typeof value === "string" && Buffer.byteLength(value) > most) {
    throw new Refusal("INVALID_ARGUMENT", `${at} is longer than ${most} characters.`);
  }
}
