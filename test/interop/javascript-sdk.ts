import { resolve } from "node:path";
import { describeOutliving, describeServed, type Served } from "./served.ts";

/** What the AWS SDK for JavaScript gets from that program. */
export function describeJavascriptSdk(program: Served): void {
  const client = "the AWS SDK for JavaScript";
  describeServed(client, () => [process.execPath, resolve("scripts/demo/caller-identity.mjs")], [program]);
  describeOutliving(client, () => [process.execPath, resolve("test/interop/outlive.mjs")], [program]);
}
