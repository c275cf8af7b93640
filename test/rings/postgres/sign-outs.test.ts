import { after } from "node:test";
import { signOuts } from "../../server/sign-outs.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let server: PostgresServer | null = null;
after(() => server?.close());

signOuts("PostgreSQL", async () => {
  server = await startPostgres();
  return { database: await server.createDatabase("outs") };
});
