import { writeFileSync } from "node:fs";
import type { Storm } from "./storm-result.ts";

/** Starts many processes at once and waits for all of them: `bun storm.ts COUNT RESULT.json COMMAND…`. */

interface Running {
  readonly exited: Promise<number>;
  readonly stdout: ReadableStream;
}
declare const Bun: { nanoseconds(): number; spawn(command: readonly string[], options: object): Running };
declare const Response: new (body: ReadableStream) => { text(): Promise<string> };

const [count = "200", resultFile = "", ...command] = process.argv.slice(2);
const started = Bun.nanoseconds();
const runs = await Promise.all(
  Array.from({ length: Number(count) }, async () => {
    const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "ignore" });
    const [text, exitCode] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    return { exitCode, accessKeyId: /"AccessKeyId":"(\w+)"/.exec(text)?.[1] ?? null };
  }),
);
const storm: Storm = {
  processes: runs.length,
  failed: runs.filter(({ exitCode, accessKeyId }) => exitCode !== 0 || accessKeyId === null).length,
  distinctKeys: new Set(runs.map(({ accessKeyId }) => accessKeyId)).size,
  lastMs: (Bun.nanoseconds() - started) / 1e6,
};
writeFileSync(resultFile, JSON.stringify(storm));
