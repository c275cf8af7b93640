import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject, readOwnJson } from "../../core/json-object.ts";
import type { GoogleApi } from "../../platform/cloud-admin/google-api.ts";
import { type PoolState, stateText } from "../../setup/gcp/states.ts";
import { madeFor, TAKEN_HINTS } from "../../setup/gcp/trust-names.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";

type Address = Readonly<Record<string, string>>;

/**
 * `gcp-pool`, `{ project, pool, owner }`: a workload identity pool, ours if its description says so. A pool that was deleted
 * keeps its name for 30 days: ours is taken out of there again.
 *
 * @see Identity and Access Management API v1, projects.locations.workloadIdentityPools
 */
export function poolResource(api: GoogleApi): ManagedResource {
  const read = async ({ project = "", pool = "" }: Address): Promise<JsonObject | null> =>
    api.find({ service: "iam", method: "GET", action: "iam.workloadIdentityPools.get", path: `v1/${poolName(project, pool)}` });
  return {
    kind: "gcp-pool",
    name: ({ project, pool }) => `the workload identity pool ${pool} of the project ${project}`,
    takenHint: TAKEN_HINTS["gcp-pool"] ?? "",
    async find(address) {
      const found = await read(address);
      if (found === null || found["state"] === "DELETED") return null;
      const { owner = "" } = address;
      return {
        state: poolState(found),
        owner: found["description"] === madeFor(owner) ? "ours" : "theirs",
        facts: { poolName: String(found["name"]) },
      };
    },
    async checkRoom(address) {
      await requireNameFree(await read(address), address);
    },
    async create({ address, state, progress }) {
      const { project = "", pool = "" } = address;
      const deleted = await read(address);
      requireNameFree(deleted, address);
      if (deleted === null) {
        await api.operate({
          service: "iam",
          method: "POST",
          action: "iam.workloadIdentityPools.create",
          path: `v1/projects/${project}/locations/global/workloadIdentityPools?workloadIdentityPoolId=${pool}`,
          body: { ...readOwnJson<PoolState>(state) },
        });
      } else {
        progress("it was deleted, and is taken back");
        await api.operate({
          service: "iam",
          method: "POST",
          action: "iam.workloadIdentityPools.undelete",
          path: `v1/${poolName(project, pool)}:undelete`,
          body: {},
        });
        if (poolState(deleted) !== state) await patch(api, address, state);
      }
      return { poolName: poolName(project, pool) };
    },
    change: (_, { address, state }) => patch(api, address, state),
    async remove(_, { project = "", pool = "" }) {
      await requireEmpty(api, project, pool);
      await api.operate({
        service: "iam",
        method: "DELETE",
        action: "iam.workloadIdentityPools.delete",
        path: `v1/${poolName(project, pool)}`,
      });
    },
  };
}

async function patch(api: GoogleApi, { project = "", pool = "" }: Address, state: string): Promise<void> {
  await api.operate({
    service: "iam",
    method: "PATCH",
    action: "iam.workloadIdentityPools.update",
    path: `v1/${poolName(project, pool)}?updateMask=displayName,description,disabled`,
    body: { ...readOwnJson<PoolState>(state), disabled: false },
  });
}

/** With the pool everything in it would go, also what others have put there since. */
async function requireEmpty(api: GoogleApi, project: string, pool: string): Promise<void> {
  const { workloadIdentityPoolProviders: providers } = await api.call({
    service: "iam",
    method: "GET",
    action: "iam.workloadIdentityPoolProviders.list",
    path: `v1/${poolName(project, pool)}/providers`,
  });
  const left = Array.isArray(providers) ? providers.filter(isJsonObject).filter(({ state }) => state !== "DELETED") : [];
  if (left.length === 0) return;
  const names = left.map(({ name }) => String(name).split("/").at(-1)).join(", ");
  throw new Fault("PLAN_CONFLICT", `the pool ${pool} has providers that others made (${names}), so it is left as it is`, {
    details: { pool },
  });
}

/** The resource name of a pool, by the id or the number of its project. */
export function poolName(project: string, pool: string): string {
  return `projects/${project}/locations/global/workloadIdentityPools/${pool}`;
}

function poolState({ displayName, description, disabled }: JsonObject): string {
  const state: PoolState = { displayName: String(displayName ?? ""), description: String(description ?? "") };
  return stateText(state, disabled === true);
}

function requireNameFree(found: JsonObject | null, { project, pool = "", owner = "" }: Address): void {
  if (found === null || found["state"] !== "DELETED" || found["description"] === madeFor(owner)) return;
  const until = String(found["expireTime"] ?? "30 days after that");
  throw new Fault(
    "PLAN_CONFLICT",
    `somebody else deleted a pool ${pool} of the project ${project}, and its name is taken until ${until}`,
    { hints: ["give another name by `--pool ID`"], details: { pool } },
  );
}
