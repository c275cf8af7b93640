import { after } from "node:test";
import { openidFlows } from "../../server/openid-flows.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let server: PostgresServer | null = null;
after(() => server?.close());

openidFlows("postgres", async () => {
  server = await startPostgres();
  return {
    database: await server.createDatabase("flows"),
    settings: { resources: ["https://api.example.com"], internalNetworks: ["127.0.0.0/8"] },
  };
});
