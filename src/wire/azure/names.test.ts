import assert from "node:assert/strict";
import { it } from "node:test";
import { type TakenNames, testTakenNames } from "../../../test/taken-names.ts";
import { parseGuid, parseLocation, parseResourceGroup, parseRoleScope, pathOfScope } from "./names.ts";

const ID = "11111111-2222-4333-8444-555555555555";

const TAKEN: readonly TakenNames[] = [
  ["an id", parseGuid, [ID, ID.toUpperCase()], ["", "my-app", ID.slice(1), `{${ID}}`, `${ID}\n`]],
  [
    "a resource group",
    parseResourceGroup,
    ["dev", "Dev_(1).x-y", "größe", "a".repeat(90)],
    ["", "dev.", "../x", "a/b", "two words", "a".repeat(91), "?x"],
  ],
  ["a region", parseLocation, ["westeurope", "eastus2"], ["", "West Europe", "2east", "west/europe"]],
  [
    "a scope",
    parseRoleScope,
    [
      `/subscriptions/${ID}`,
      `/subscriptions/${ID}/resourceGroups/dev/providers/Microsoft.Storage/storageAccounts/x`,
      `/subscriptions/${ID}/resourceGroups/dev/providers/microsoft.insights/components/My App (1)`,
      "/providers/Microsoft.Management/managementGroups/all",
      "/",
    ],
    [
      "",
      "//",
      "subscriptions",
      `/subscriptions/mine`,
      `/subscriptions/${ID}//x`,
      `/subscriptions/${ID}/a /b`,
      `/subscriptions/${ID}/a\tb`,
      `/subscriptions/${ID}/a%20b`,
      `/subscriptions/${ID}/../x`,
      `/subscriptions/${ID}/.`,
      `/subscriptions/${ID}/x?y`,
    ],
  ],
];

testTakenNames(TAKEN);

it("a scope may end in a slash, which is left out", () => {
  assert.equal(parseRoleScope(`/subscriptions/${ID}/`, "--scope"), `/subscriptions/${ID}`);
});

it("a scope begins a URL's path, whatever its names hold", () => {
  assert.equal(pathOfScope(`/subscriptions/${ID}/components/My App`), `/subscriptions/${ID}/components/My%20App`);
  assert.equal(`${pathOfScope("/")}/providers/x`, "/providers/x");
});
