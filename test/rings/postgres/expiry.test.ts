import { after, before } from "node:test";
import { sweepsWhatHasEnded } from "../../server/expiry.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let postgres: PostgresServer;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres.close());

// Instances judge by clocks of their own: an hour.
sweepsWhatHasEnded("PostgreSQL", async () => ({ database: await postgres.createDatabase("expiry") }), 3600);
