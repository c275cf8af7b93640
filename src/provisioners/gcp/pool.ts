import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject, readOwnJson } from "../../core/json-object.ts";
import type { GoogleApi } from "../../platform/cloud-admin/google-api.ts";
import { textOf } from "../../platform/cloud-admin/members.ts";
import { type PoolState, stateText } from "../../setup/gcp/states.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import { keptResource } from "./kept-resource.ts";

/**
 * `gcp-pool`, `{ project, pool, owner }`: a workload identity pool, ours if its description says so.
 *
 * @see Identity and Access Management API v1, projects.locations.workloadIdentityPools
 */
export function poolResource(api: GoogleApi): ManagedResource {
  return keptResource(api, {
    kind: "gcp-pool",
    takenHint: "give another name by `--pool ID`",
    permissions: "iam.workloadIdentityPools",
    fact: "poolName",
    name: ({ project, pool }) => `the workload identity pool ${pool} of the project ${project}`,
    resourceName: ({ project = "", pool = "" }) => poolName(project, pool),
    collection: ({ project, pool }) =>
      `projects/${project}/locations/global/workloadIdentityPools?workloadIdentityPoolId=${pool}`,
    stateOf: poolState,
    body: (state) => ({ ...readOwnJson<PoolState>(state) }),
    change: (state) => ({ mask: "displayName,description", body: { ...readOwnJson<PoolState>(state) } }),
    requireEmpty: ({ project = "", pool = "" }) => requireEmpty(api, project, pool),
  });
}

/** With the pool everything in it would go, also what others have put there since. */
async function requireEmpty(api: GoogleApi, project: string, pool: string): Promise<void> {
  const pages = await api.list({
    service: "iam",
    method: "GET",
    action: "iam.workloadIdentityPoolProviders.list",
    path: `v1/${poolName(project, pool)}/providers`,
  });
  // Anything that is not a deleted provider may belong to somebody.
  const left = pages
    .flatMap(({ workloadIdentityPoolProviders: providers = [] }) => providers)
    .map((one) => (isJsonObject(one) ? one : {}))
    .filter(({ state }) => state !== "DELETED");
  if (left.length === 0) return;
  const names = left.map(({ name }) => textOf(name).split("/").at(-1) || "one without a name").join(", ");
  throw new Fault("PLAN_CONFLICT", `the pool ${pool} has providers that others made (${names}), so it is left as it is`, {
    details: { pool },
  });
}

/** The resource name of a pool, by the id or the number of its project. */
export function poolName(project: string, pool: string): string {
  return `projects/${project}/locations/global/workloadIdentityPools/${pool}`;
}

function poolState({ displayName, description, disabled }: JsonObject): string {
  const state: PoolState = { displayName: textOf(displayName), description: textOf(description) };
  return stateText(state, disabled === true);
}
