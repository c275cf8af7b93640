import { resolve } from "node:path";
import { describeOutliving, describeServed } from "./served.ts";

describeServed("the AWS SDK for JavaScript", () => [process.execPath, resolve("scripts/demo/caller-identity.mjs")]);
describeOutliving("the AWS SDK for JavaScript", () => [process.execPath, resolve("test/interop/outlive.mjs")]);
