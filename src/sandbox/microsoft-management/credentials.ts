import { isJsonObject } from "../../core/json-object.ts";
import type { EntraApplication } from "../entra/entra-folder.ts";
import { checkShape, type Resource } from "./read-body.ts";
import { Refusal } from "./refusal.ts";

type Credential = EntraApplication["federatedCredentials"][number];

/** Microsoft: no more for one application or identity. */
const MOST = 20;

/**
 * The credentials with one more, or with one changed.
 *
 * @throws {Refusal} 400, 409
 * @see Microsoft, "Important considerations and restrictions for federated identity credentials"
 */
export function withCredential(present: readonly Credential[], wanted: Credential, isNew: boolean): readonly Credential[] {
  const others = present.filter(({ name }) => name !== wanted.name);
  if (isNew && others.length !== present.length) {
    throw new Refusal(
      409,
      "Request_MultipleObjectsWithSameKeyValue",
      `FederatedIdentityCredential with name ${wanted.name} already exists.`,
    );
  }
  if (others.length >= MOST) {
    throw new Refusal(400, "Request_BadRequest", `The maximum number of ${MOST} federated identity credentials is reached.`);
  }
  if (others.some(({ issuer, subject }) => issuer === wanted.issuer && subject === wanted.subject)) {
    throw new Refusal(409, "Request_BadRequest", "FederatedIdentityCredential with the same issuer and subject already exists.");
  }
  return [...others, wanted];
}

/** @throws {Refusal} 400 */
export function readCredential(name: string, value: unknown, former: Credential | null): Credential {
  const read = checkShape(value, {
    name: "text",
    issuer: "text",
    subject: "text",
    audiences: "texts",
    description: "text",
  });
  const { issuer, subject, audiences, description } = { ...former, ...read } as Resource;
  const invalid = (what: string): Refusal =>
    new Refusal(400, "Request_BadRequest", `Invalid value specified for property '${what}'.`);
  if (!/^[\w-]{3,120}$/.test(name)) throw invalid("name");
  if (typeof issuer !== "string" || !issuer.startsWith("https://") || issuer.length > 600) throw invalid("issuer");
  if (typeof subject !== "string" || subject === "" || subject.length > 600) throw invalid("subject");
  const [audience, ...more] = Array.isArray(audiences) ? audiences.map(String) : [];
  if (audience === undefined || audience.length > 600 || more.length > 0) throw invalid("audiences");
  return {
    ...(former?.id === undefined ? {} : { id: former.id }),
    name,
    issuer,
    subject,
    audiences: [audience],
    ...(typeof description === "string" ? { description } : {}),
  };
}

/** What Resource Manager has below `properties`. @throws {Refusal} 400 */
export function propertiesOf(value: unknown): Resource {
  if (isJsonObject(value) && isJsonObject(value["properties"])) return value["properties"];
  throw new Refusal(400, "InvalidRequestContent", "The request content was invalid: it has no properties.");
}
