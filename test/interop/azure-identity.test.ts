import { test } from "node:test";
import { consumeAzure } from "../scripts/azure-consumers.ts";
import { programUnderTest } from "../scripts/program.ts";

test("@azure/identity takes the token that exec keeps fresh", () =>
  consumeAzure('node "$REPOSITORY"/test/interop/azure-token.mjs', programUnderTest()));
