import { test } from "node:test";
import { consumeGoogle, consumeServedGoogle } from "../scripts/google-consumers.ts";
import { programUnderTest } from "../scripts/program.ts";

test("google-auth-library takes the token of an executable source", () =>
  consumeGoogle('GOOGLE_APPLICATION_CREDENTIALS=$FILE node "$REPOSITORY"/test/interop/google-token.mjs', programUnderTest()));

test("google-auth-library takes the token that exec serves", () =>
  consumeServedGoogle('node "$REPOSITORY"/test/interop/google-token.mjs', programUnderTest()));
