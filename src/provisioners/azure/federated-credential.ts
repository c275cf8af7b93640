import { Fault } from "../../core/fault.ts";
import { type JsonObject, readOwnJson } from "../../core/json-object.ts";
import type { MicrosoftApi } from "../../platform/cloud-admin/microsoft-api.ts";
import { type CredentialState, stateText } from "../../setup/azure/states.ts";
import { MOST_CREDENTIALS } from "../../setup/azure/trust-names.ts";
import { madeFor } from "../../setup/made-for.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import type { Address } from "../../setup/plan.ts";
import { type CredentialPlace, credentialsOf, IDENTITY_API } from "./holder.ts";
import { IDENTITY_ACTIONS, listCredentials, shownCredential } from "./shown-credentials.ts";

/**
 * `azure-credential`, `{ tenant, owner, credential, and what holds it }`: a federated credential of an application or of a
 * user-assigned identity. That of an application is ours if its description says so; that of an identity has no description, and is
 * ours as long as it says what brevet would.
 *
 * @see Microsoft Graph v1.0, federatedIdentityCredential; Azure Resource Manager, Microsoft.ManagedIdentity
 */
export function federatedCredentialResource(api: MicrosoftApi): ManagedResource {
  return {
    kind: "azure-credential",
    name: ({ credential }) => `the federated credential ${credential}`,
    takenHint: "give another name by `--name NAME`, or take the credential out by hand",
    async find(address, facts) {
      const place = await credentialsOf(api, address, facts);
      const all = place === null ? null : await listCredentials(api, place);
      const found = all?.find(({ name }) => name === address["credential"]) ?? null;
      if (found === null || place === null) return null;
      const isOurs = place.service === "management" || found["description"] === madeFor(address["owner"] ?? "");
      return {
        state: credentialState(found),
        owner: isOurs ? "ours" : "theirs",
        facts: { credentialPath: pathOf(place, address) },
      };
    },
    async checkRoom(address) {
      const place = await credentialsOf(api, address, {});
      const all = place === null ? null : await listCredentials(api, place);
      if ((all?.length ?? 0) < MOST_CREDENTIALS) return;
      const where = address["clientId"] ?? address["application"] ?? address["identity"];
      throw new Fault(
        "LIMIT_REACHED",
        `${where} has ${all?.length} federated credentials, and Microsoft takes ${MOST_CREDENTIALS}`,
        {
          hints: [
            "take out what is not used any more: `az ad app federated-credential list --id CLIENT_ID`",
            "or leave --client-id out: then brevet makes an application of its own",
          ],
          details: { limit: MOST_CREDENTIALS, count: all?.length ?? 0 },
        },
      );
    },
    async create({ address, state, facts }) {
      const place = await api.patiently(
        async () => {
          const found = await credentialsOf(api, address, facts);
          if (found !== null) return found;
          throw new Fault("RESOURCE_FAILED", "the application that was made is not known yet", { details: { status: 404 } });
        },
        (cause) => cause instanceof Fault && cause.details["status"] === 404,
      );
      await write(api, { place, address, state, how: "create" });
      return { credentialPath: pathOf(place, address) };
    },
    async change(_, { address, state, facts }) {
      const place = await credentialsOf(api, address, facts);
      if (place !== null) await write(api, { place, address, state, how: "change" });
    },
    async remove({ facts: { credentialPath = "" } }, address) {
      await api.find({
        service: address["identity"] === undefined ? "graph" : "management",
        method: "DELETE",
        action: actionOf(address, "delete"),
        path: credentialPath,
      });
    },
  };
}

interface CredentialChange {
  readonly place: CredentialPlace;
  readonly address: Address;
  readonly state: string;
  readonly how: "create" | "change";
}

async function write(api: MicrosoftApi, { place, address, state, how }: CredentialChange): Promise<void> {
  const { issuer, subject, audience } = readOwnJson<CredentialState>(state);
  const credential = { issuer, subject, audiences: [audience] };
  const name = address["credential"] ?? "";
  if (place.service === "management") {
    const call = { service: place.service, action: actionOf(address, "write"), body: { properties: credential } };
    await api.call({ ...call, method: "PUT", path: pathOf(place, address) });
    return;
  }
  const description = madeFor(address["owner"] ?? "");
  const call = { service: place.service, action: actionOf(address, "update") };
  if (how === "create") {
    await api.call({ ...call, method: "POST", path: place.path, body: { name, description, ...credential } });
  } else {
    await api.call({ ...call, method: "PATCH", path: pathOf(place, address), body: { description, ...credential } });
  }
}

function actionOf({ identity }: Address, what: "write" | "update" | "delete"): string {
  if (identity !== undefined) return `${IDENTITY_ACTIONS}/${what}`;
  return "microsoft.directory/applications/credentials/update";
}

function pathOf({ service, path }: CredentialPlace, { credential = "" }: Address): string {
  return `${path}/${credential}${service === "management" ? `?${IDENTITY_API}` : ""}`;
}

function credentialState(found: JsonObject): string {
  const { issuer, subject, audiences } = shownCredential(found);
  return stateText({ issuer, subject, audience: audiences.join(" ") });
}
