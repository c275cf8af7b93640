import { defineCommand } from "../command.ts";
import { SANDBOX_FOLDER, sandboxFolder, TRUSTED_FLAGS } from "../flags/sandbox-folder.ts";

const TENANT = "11111111-1111-4111-8111-111111111111";
const CLIENT = "22222222-2222-4222-8222-222222222222";

export const command = defineCommand({
  path: "sandbox trust azure",
  description:
    "Writes the application and its federated credential, in the form in which Microsoft Graph shows it. It is a plain file: edit " +
    "it, and the next request is judged by it.",
  flags: {
    ...TRUSTED_FLAGS,
    audience: { kind: "text", value: "AUDIENCE", doc: "the audience of the tokens; default api://AzureADTokenExchange" },
    tenant: { kind: "text", value: "GUID", doc: `the tenant; default ${TENANT}` },
    "client-id": { kind: "text", value: "GUID", doc: `the application's client id; default ${CLIENT}` },
    folder: SANDBOX_FOLDER,
  },
  examples: [
    {
      line: "brevet sandbox trust azure --issuer https://issuer.example/laptop --subject laptop-k3v9q2x7ab",
      does: "prints the tenant and the client id",
    },
  ],
  async run({ flags }, { compose, output, paths, terminal, workingFolder }) {
    const { audience = "api://AzureADTokenExchange", tenant = TENANT, "client-id": client = CLIENT } = flags;
    const { issuer, subject } = flags;
    const [tenantId, clientId] = [tenant.toLowerCase(), client.toLowerCase()];
    const federatedCredentials = [{ name: "brevet", issuer, subject, audiences: [audience] }];
    const file = (await compose.sandbox(sandboxFolder(flags.folder, { paths, workingFolder }))).trustEntra({
      tenantId,
      clientId,
      federatedCredentials,
    });
    terminal.say(`wrote ${file}`);
    output(`${tenantId} ${clientId}\n`);
    return 0;
  },
});
