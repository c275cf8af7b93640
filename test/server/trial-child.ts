import { startTrial } from "./trial-server.ts";

/* A server in a process of its own, so that the system can refuse it something: it says its URL, and stops when its input ends. */
const [dataFolder = ""] = process.argv.slice(2);
const trial = await startTrial({ dataFolder });
await trial.addPerson({ id: "p1", email: "alice@example.com" });
process.stdout.write(`${trial.url}\n`);
process.stdin.resume();
process.stdin.once("end", () => void trial.stop());
