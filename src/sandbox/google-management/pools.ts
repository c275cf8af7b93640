import { randomUUID } from "node:crypto";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import { parseGcpProvider } from "../../trust/gcp/provider.ts";
import type { Project } from "./projects.ts";
import { checkShape, readBody, requireShort, SHAPES } from "./read-body.ts";
import { openRecords, type Records, type Resource } from "./records.ts";
import { Refusal } from "./refusal.ts";

/** Deleted ones are purged after 30 days. */
const KEPT_SECONDS = 30 * 86_400;

/** The pools and providers of the sandbox's Google Cloud, in `google/pools` and `google/providers`. */
export interface Pools {
  get(name: string): Resource;
  list(parent: string, showDeleted: boolean): readonly Resource[];
  create(parent: string, id: string, body: string): Resource;
  patch(name: string, mask: string, body: string): Resource;
  setDeleted(name: string, deleted: boolean): Resource;
}

/** @throws {Refusal} from each method. */
export function openPools(folder: string, now: () => EpochSeconds): Pools {
  const pools = openRecords(folder, "pools");
  const providers = openRecords(folder, "providers");
  const recordsOf = (name: string): Records => (/\/providers(\/|$)/.test(name) ? providers : pools);
  const fileOf = (name: string): string => {
    const [, pool = "", provider] = /workloadIdentityPools\/([^/]+)(?:\/providers\/([^/]+))?$/.exec(name) ?? [];
    return recordsOf(name).nameOf((one) => one["name"] === name) ?? (provider === undefined ? pool : `${pool}-${provider}`);
  };
  const find = (name: string): Resource | null => {
    const found = recordsOf(name).find((one) => one["name"] === name);
    return found !== null && isPurged(found, now()) ? null : found;
  };
  const get = (name: string): Resource => {
    const found = find(name);
    if (found === null) throw new Refusal("NOT_FOUND", "Requested entity was not found.");
    return { state: "ACTIVE", ...found };
  };
  const save = (name: string, resource: Resource): Resource => {
    recordsOf(name).save(fileOf(name), resource);
    return resource;
  };
  return {
    get,
    list: (parent, showDeleted) =>
      recordsOf(parent)
        .all()
        .filter((one) => String(one["name"]).startsWith(`${parent}/`) && !isPurged(one, now()))
        .map((one): Resource => ({ state: "ACTIVE", ...one }))
        .filter((one) => showDeleted || one["state"] !== "DELETED"),
    create(parent, id, body) {
      if (!/^[a-z0-9-]{4,32}$/.test(id) || id.startsWith("gcp-"))
        throw new Refusal("INVALID_ARGUMENT", `The ID ${id.slice(0, 64)} is invalid.`);
      const name = `${parent}/${id}`;
      if (parent.endsWith("/providers")) requireActive(get(parent.replace(/\/providers$/, "")));
      // A deleted one keeps its name.
      if (find(name) !== null) throw new Refusal("ALREADY_EXISTS", "Requested entity already exists");
      return save(name, { ...checked(name, readResource(name, body)), name, state: "ACTIVE" });
    },
    patch(name, mask, body) {
      const present = requireActive(get(name));
      const wanted = readResource(name, body);
      const fields = mask.split(",").filter((field) => field !== "");
      const known = Object.keys(SHAPES[isProvider(name) ? "provider" : "pool"]);
      if (fields.length === 0) throw new Refusal("INVALID_ARGUMENT", "update_mask is required.");
      const stranger = fields.find((field) => !known.includes(camel(field).split(".")[0] ?? ""));
      if (stranger !== undefined) throw new Refusal("INVALID_ARGUMENT", `Invalid field ${stranger.slice(0, 64)} in update_mask.`);
      const merged = fields.reduce((resource, field) => replaced(resource, wanted, camel(field).split(".")), present);
      return save(name, checked(name, merged));
    },
    setDeleted(name, deleted) {
      const present = get(name);
      if ((present["state"] === "DELETED") === deleted) {
        throw new Refusal("FAILED_PRECONDITION", deleted ? "The resource is deleted already." : "The resource is not deleted.");
      }
      const { expireTime: _, ...rest } = present;
      return save(
        name,
        deleted ? { ...rest, state: "DELETED", expireTime: formatUtc(now() + KEPT_SECONDS) } : { ...rest, state: "ACTIVE" },
      );
    },
  };
}

/** As Google answers every change of a pool or a provider: at first it is not done yet. */
export function openOperations(): {
  begin(on: string, type: string, response: Resource): Resource;
  poll(name: string): Resource;
} {
  const running = new Map<string, Resource>();
  return {
    begin(on, type, response) {
      const name = `${on}/operations/${randomUUID().replaceAll("-", "")}`;
      const done = { name, done: true, response: { "@type": `type.googleapis.com/google.iam.v1.${type}`, ...response } };
      running.set(name, done);
      return { name };
    },
    poll(name) {
      const operation = running.get(name);
      if (operation === undefined) throw new Refusal("NOT_FOUND", "Requested entity was not found.");
      return operation;
    },
  };
}

/** Google writes a pool's name with the number of its project, however it was asked for. */
export function canonicalName(path: string, project: Project): string {
  return path.replace(/^projects\/[^/]+/, `projects/${project.projectNumber}`);
}

function isProvider(name: string): boolean {
  return /\/providers(\/|$)/.test(name);
}

function readResource(name: string, body: string): Resource {
  const read = readBody(body, SHAPES[isProvider(name) ? "provider" : "pool"]);
  if (read["oidc"] !== undefined) checkShape(read["oidc"], SHAPES.oidc, "oidc");
  return read;
}

function checked(name: string, resource: Resource): Resource {
  requireShort(resource["displayName"], 32, "display_name");
  requireShort(resource["description"], 256, "description");
  if (isProvider(name)) {
    try {
      parseGcpProvider({ ...resource, name }, "provider");
    } catch (error) {
      throw new Refusal("INVALID_ARGUMENT", error instanceof Error ? error.message : String(error));
    }
  }
  return resource;
}

function requireActive(resource: Resource): Resource {
  if (resource["state"] === "DELETED") throw new Refusal("FAILED_PRECONDITION", "The resource is deleted.");
  return resource;
}

function isPurged({ state, expireTime }: Resource, now: EpochSeconds): boolean {
  return state === "DELETED" && Date.parse(String(expireTime)) / 1000 <= now;
}

/** gcloud writes the fields of a mask with underscores. */
function camel(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What the caller left out is taken away. */
function replaced(present: Resource, wanted: Resource, [field = "", ...below]: readonly string[]): Resource {
  const { [field]: former, ...rest } = present;
  const value = wanted[field];
  if (below.length > 0) {
    return { ...rest, [field]: replaced((former as Resource | undefined) ?? {}, (value as Resource | undefined) ?? {}, below) };
  }
  return value === undefined ? rest : { ...rest, [field]: value };
}
