import { after, before } from "node:test";
import { cutsAuditLog } from "../../server/audit-retention.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let postgres: PostgresServer;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres.close());

cutsAuditLog("PostgreSQL", () => postgres.createDatabase("retention"));
