import { join } from "node:path";
import { test } from "node:test";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";
import { consumeGoogle, consumeServedGoogle } from "../../scripts/google-consumers.ts";
import { programUnderTest } from "../../scripts/program.ts";

/** @param refresh a second call asks for another token, as a program does whose access token has ended. */
function program(refresh: string): string {
  const lines = [
    "import google.auth, google.auth.transport.requests as transport",
    'credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])',
    refresh,
    "print(credentials.token)",
  ];
  return `${join(pythonTools(), "python")} -c '${lines.join("; ")}'`;
}

const ONCE = "credentials.refresh(transport.Request())";

test("google-auth for Python takes the token of an executable source", () =>
  consumeGoogle(`GOOGLE_APPLICATION_CREDENTIALS=$FILE ${program(ONCE)}`, programUnderTest()));

test("google-auth for Python takes the token that exec serves, and another one when it needs to", () =>
  consumeServedGoogle(
    program(`${ONCE}; first = credentials.token; ${ONCE}; assert credentials.token != first`),
    programUnderTest(),
  ));

test("google-auth for Python asks the address itself, past a proxy that is set", () =>
  consumeServedGoogle(`test "$NO_PROXY" = 127.0.0.1; ${program(ONCE)}`, programUnderTest(), "HTTP_PROXY=http://127.0.0.1:9"));
