import { type JsonObject, readOwnJson } from "../../core/json-object.ts";
import type { GoogleApi, GoogleCall } from "../../platform/cloud-admin/google-api.ts";
import { isCloudCode } from "../../platform/cloud-admin/json-api.ts";
import { textOf } from "../../platform/cloud-admin/members.ts";
import { type AccountState, stateText } from "../../setup/gcp/states.ts";
import { madeFor } from "../../setup/made-for.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";

/**
 * `gcp-service-account`, `{ project, email, owner }`: a service account, ours if its description says so. One that is deleted
 * and made again is another one with another number, so a record that has the former's does not fit it.
 *
 * @see Identity and Access Management API v1, projects.serviceAccounts
 */
export function serviceAccountResource(api: GoogleApi): ManagedResource {
  return {
    kind: "gcp-service-account",
    name: ({ email }) => `the service account ${email}`,
    takenHint: "give another name by `--service-account-id ID`, or use it as it is by `--service-account EMAIL`",
    async find({ project = "", email = "", owner = "" }) {
      const found = await api.find(reading(project, email));
      if (found === null) return null;
      return {
        state: accountState(found),
        owner: found["description"] === madeFor(owner) ? "ours" : "theirs",
        facts: factsOf(found),
      };
    },
    async create({ address: { project = "", email = "" }, state }) {
      const made = await api.call({
        service: "iam",
        method: "POST",
        action: "iam.serviceAccounts.create",
        has: ["uniqueId", "email"],
        path: `v1/projects/${project}/serviceAccounts`,
        body: { accountId: email.split("@")[0], serviceAccount: { ...readOwnJson<AccountState>(state) } },
      });
      // "Service account creation is eventually consistent": the next step would be told that there is none.
      await api.patiently(
        () => api.call(reading(project, email)),
        (cause) => isCloudCode(cause, "NOT_FOUND"),
      );
      return factsOf(made);
    },
    async change(_, { address: { project = "", email = "" }, state }) {
      await api.call({
        service: "iam",
        method: "PATCH",
        action: "iam.serviceAccounts.update",
        path: `v1/projects/${project}/serviceAccounts/${email}`,
        body: { serviceAccount: { ...readOwnJson<AccountState>(state) }, updateMask: "displayName,description" },
      });
    },
    async remove(_, { project = "", email = "" }) {
      await api.find({
        service: "iam",
        method: "DELETE",
        action: "iam.serviceAccounts.delete",
        path: `v1/projects/${project}/serviceAccounts/${email}`,
      });
    },
  };
}

function reading(project: string, email: string): GoogleCall {
  const path = `v1/projects/${project}/serviceAccounts/${email}`;
  return { service: "iam", method: "GET", action: "iam.serviceAccounts.get", has: ["uniqueId", "email"], path };
}

function factsOf({ uniqueId, email }: JsonObject): Readonly<Record<string, string>> {
  return { uniqueId: String(uniqueId), accountEmail: String(email) };
}

function accountState({ displayName, description, disabled }: JsonObject): string {
  const state: AccountState = { displayName: textOf(displayName), description: textOf(description) };
  return stateText(state, disabled === true);
}
