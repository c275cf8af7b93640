import { startTrial } from "../../server/trial-server.ts";

/* One of several instances: it says its port, and runs until it is killed. */
const [dataFolder = "", database = "", url = ""] = process.argv.slice(2);
const trial = await startTrial({ dataFolder, database, url, settings: { requestsPerMinute: 1e9, exchangesPerMinute: 1e9 } });
process.stdout.write(`${trial.url}\n`);
