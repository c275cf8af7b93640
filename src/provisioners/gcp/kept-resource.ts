import { Fault } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json-object.ts";
import type { GoogleApi } from "../../platform/cloud-admin/google-api.ts";
import { textOf } from "../../platform/cloud-admin/members.ts";
import { madeFor } from "../../setup/made-for.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import type { Address } from "../../setup/plan.ts";

/**
 * What Google keeps for 30 days after it was deleted, and its name with it. Ours is taken out of there again, and then made what it
 * is to be.
 */

/** One kind of such things; ours are known by their descriptions. */
export interface KeptKind {
  readonly kind: "gcp-pool" | "gcp-provider";
  /** What to type where the name is taken. */
  readonly takenHint: string;
  /** The first words of the permissions on it: `iam.workloadIdentityPools`. */
  readonly permissions: string;
  /** Under which its resource name is recorded, for those that need it. */
  readonly fact: string;
  /** One of them in words, for messages: `the provider brevet of the pool brevet`. */
  name(address: Address): string;
  /** Its resource name. */
  resourceName(address: Address): string;
  /** That of the collection it is made in, with the parameter that names it. */
  collection(address: Address): string;
  /** The state of one that is there, as the plan has it. */
  stateOf(found: JsonObject): string;
  /** What is sent to make it. */
  body(state: string, address: Address): JsonObject;
  /** What is sent to change it, and the members that it sets. @param found as it is now */
  change(state: string, address: Address, found: JsonObject): { readonly mask: string; readonly body: JsonObject };
  /** Finds out whether somebody else's would go with it. */
  requireEmpty?(address: Address): Promise<void>;
}

/** How that kind is found, made, changed and taken away. */
export function keptResource(api: GoogleApi, kept: KeptKind): ManagedResource {
  const call = (verb: string, method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: JsonObject) =>
    ({ service: "iam", method, action: `${kept.permissions}.${verb}`, path: `v1/${path}`, ...(body && { body }) }) as const;
  const read = (address: Address): Promise<JsonObject | null> =>
    api.find({ ...call("get", "GET", kept.resourceName(address)), has: ["name"] });
  const patch = async (address: Address, state: string, found: JsonObject): Promise<void> => {
    const { mask, body } = kept.change(state, address, found);
    const path = `${kept.resourceName(address)}?updateMask=${mask},disabled`;
    await api.operate(call("update", "PATCH", path, { ...body, disabled: false }));
  };
  return {
    kind: kept.kind,
    name: kept.name,
    takenHint: kept.takenHint,
    async find(address) {
      const found = await read(address);
      if (found === null || isDeleted(found)) return null;
      const owner = isOurs(found, address) ? "ours" : "theirs";
      return { state: kept.stateOf(found), owner, facts: { [kept.fact]: String(found["name"]) } };
    },
    async checkRoom(address) {
      requireNameFree(kept, await read(address), address);
    },
    async create({ address, state, progress }) {
      const deleted = await read(address);
      requireNameFree(kept, deleted, address);
      if (deleted === null) {
        await api.operate(call("create", "POST", kept.collection(address), kept.body(state, address)));
      } else {
        progress("it was deleted before: Google undeletes it");
        await api.operate(call("undelete", "POST", `${kept.resourceName(address)}:undelete`, {}));
        // What it held before counts no more: it may be a key that was revoked since.
        await patch(address, state, {});
      }
      return { [kept.fact]: kept.resourceName(address) };
    },
    change: async (_, { address, state }) => patch(address, state, (await read(address)) ?? {}),
    async remove(_, address) {
      await kept.requireEmpty?.(address);
      await api.operate(call("delete", "DELETE", kept.resourceName(address)));
    },
  };
}

function isDeleted(found: JsonObject): boolean {
  return found["state"] === "DELETED";
}

function isOurs(found: JsonObject, { owner = "" }: Address): boolean {
  return found["description"] === madeFor(owner);
}

/** @throws {Fault} `PLAN_CONFLICT` when somebody else's has the name for as long as it is kept. */
function requireNameFree({ kind, name, takenHint }: KeptKind, found: JsonObject | null, address: Address): void {
  if (found === null || !isDeleted(found) || isOurs(found, address)) return;
  const until = textOf(found["expireTime"]) || "30 days after that";
  throw new Fault("PLAN_CONFLICT", `somebody else deleted ${name(address)}, and its name is taken until ${until}`, {
    hints: [takenHint],
    details: { kind },
  });
}
