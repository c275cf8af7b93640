import { after } from "node:test";
import { stolenTokens } from "../../server/stolen-tokens.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let server: PostgresServer | null = null;
after(() => server?.close());

stolenTokens("PostgreSQL", async () => {
  server = await startPostgres();
  return { database: await server.createDatabase("stolen") };
});
