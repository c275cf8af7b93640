import assert from "node:assert/strict";
import { test } from "node:test";
import { createCredential, deleteCredential } from "./credential-commands.ts";

const CREDENTIAL = {
  name: "laptop",
  issuer: "https://id.example/laptop",
  subject: "laptop",
  audiences: ["api://AzureADTokenExchange"],
};
const IDENTITY = "/subscriptions/3333/resourceGroups/dev/providers/Microsoft.ManagedIdentity/userAssignedIdentities/builder";

test("an application's credentials and a user-assigned identity's are other commands of az", () => {
  const application = { clientId: "1111", identity: null };
  assert.equal(
    createCredential(application, CREDENTIAL),
    `az ad app federated-credential create --id 1111 --parameters '${JSON.stringify(CREDENTIAL)}'`,
  );
  assert.equal(
    deleteCredential(application, "laptop"),
    "az ad app federated-credential delete --id 1111 --federated-credential-id laptop",
  );
  const identity = { clientId: "1111", identity: IDENTITY };
  const place = "--identity-name builder --resource-group dev --subscription 3333";
  assert.equal(
    createCredential(identity, CREDENTIAL),
    `az identity federated-credential create --name laptop ${place} --issuer https://id.example/laptop --subject laptop --audiences api://AzureADTokenExchange`,
  );
  assert.equal(deleteCredential(identity, "laptop"), `az identity federated-credential delete --name laptop ${place}`);
});
