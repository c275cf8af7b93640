/**
 * A process that makes requests through `createHttp` for the contract suite, in whatever runtime it is started: one JSON
 * job a line on stdin, one outcome a line on stdout. It ends when stdin ends, if nothing keeps it alive.
 */
import { createInterface } from "node:readline";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { type HttpJob, performJob } from "./http-job.ts";

for await (const line of createInterface({ input: process.stdin })) {
  const outcome = await performJob(createHttp, JSON.parse(line) as HttpJob);
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
