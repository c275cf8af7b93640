import { after, before, test } from "node:test";
import { type PostgresServer, startPostgres } from "../postgres/postgres-server.ts";
import { tellWholeStory } from "./whole-story.ts";

let postgres: PostgresServer;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres.close());

test("demo:server ends in AWS and leaves nothing behind, in Chromium, on PostgreSQL", async () => {
  const url = await postgres.createDatabase("demo");
  await tellWholeStory({ DEMO_BROWSER: "chromium", DEMO_DATABASE: url }, [
    /the person was in Chromium \d+/,
    /on an empty database of PostgreSQL/,
  ]);
});
