import { after } from "node:test";
import { Secret } from "../../../src/core/secret.ts";
import { openPostgres } from "../../../src/server/store/postgres/open-postgres.ts";
import { databaseContract } from "../../contracts/database.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let server: PostgresServer | null = null;
after(() => server?.close());

databaseContract("postgres", async () => {
  server = await startPostgres();
  const url = await server.createDatabase("contract");
  return {
    open: () => openPostgres(new Secret("database URL", url)),
    cut: async () => server?.cut("contract"),
  };
});
