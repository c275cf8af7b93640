import { defineCommand } from "../command.ts";
import { azureSetupFlags } from "../setup/azure/flags.ts";

export const command = defineCommand({
  path: "setup azure",
  description: [
    "Creates what Azure needs, once, as an administrator of the tenant: an app registration with its service principal, or, with",
    "--resource-group, a user-assigned identity; a federated credential for this identity; and the roles that you name. The",
    "administrator is whoever is signed in to az, or whose tokens are in BREVET_AZURE_GRAPH_TOKEN and BREVET_AZURE_MANAGEMENT_TOKEN;",
    "they are not kept.",
    "",
    "Entra ID fetches the issuer's keys, which have to be public, and takes RS256 alone. If the key signs ES256 only, this is said",
    "before anything is made; then an AWS role leads there (--via). `brevet unsetup` removes exactly what was made.",
  ].join("\n"),
  flags: azureSetupFlags,
  examples: [
    { line: "brevet setup azure --role Reader", does: "create everything; then: brevet exec azure -- terraform plan" },
    { line: "brevet setup azure --role Reader --dry-run", does: "show what would be created" },
    {
      line: "brevet setup azure --resource-group dev --location westeurope --role Reader",
      does: "a user-assigned identity instead of an app registration",
    },
    { line: "brevet setup azure --via brevet-token --role Reader", does: "by the tokens of an AWS role" },
  ],
  run: async ({ flags }, context) => (await import("../setup/azure/create-trust.ts")).createTrust(flags, context),
});
