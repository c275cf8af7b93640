import { resolve } from "node:path";
import { describeServed } from "./served.ts";

describeServed("the AWS SDK for JavaScript", () => [process.execPath, resolve("scripts/demo/caller-identity.mjs")]);
