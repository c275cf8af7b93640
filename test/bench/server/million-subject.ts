import { createInterface } from "node:readline";
import { NOBODY } from "../../../src/server/audit/event.ts";
import { makeInvite } from "../../../src/server/people/invite.ts";
import { newPersonId } from "../../../src/server/people/person.ts";
import { startTrial } from "../../server/trial-server.ts";

/*
 * A login server on the PostgreSQL that is named: it says its URL, invites as many people as a line on stdin asks for, with their links
 * as its answer, and stops when stdin ends.
 */
const [database = ""] = process.argv.slice(2);
const trial = await startTrial({ database, settings: { requestsPerMinute: 1e9, exchangesPerMinute: 1e9 } });
process.stdout.write(`${JSON.stringify({ url: trial.url })}\n`);
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void invite(Number(line)));
lines.once("close", () => void trial.close());

async function invite(count: number): Promise<void> {
  const links: string[] = [];
  for (let index = 0; index < count; index++) {
    const unit = trial.server.storage.openUnit();
    const [madeAt, expiresAt] = [trial.now(), trial.now() + 3600];
    const whose = { person: newPersonId(), email: `bench-${index}@bench.example`, name: "Bench", groups: ["dev"], madeBy: null };
    links.push(`${trial.url}/invite/${makeInvite(unit, { kind: "join", ...whose, madeAt, expiresAt }, NOBODY)}`);
    await unit.commit();
  }
  process.stdout.write(`${JSON.stringify({ links })}\n`);
}
