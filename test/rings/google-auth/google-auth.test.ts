import { join } from "node:path";
import { test } from "node:test";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";
import { consumeGoogle } from "../../scripts/google-consumers.ts";
import { programUnderTest } from "../../scripts/program.ts";

const PROGRAM = [
  "import google.auth, google.auth.transport.requests as transport",
  'credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])',
  "credentials.refresh(transport.Request())",
  "print(credentials.token)",
].join("\n");

test("google-auth for Python takes the token of an executable source", () =>
  consumeGoogle(
    `GOOGLE_APPLICATION_CREDENTIALS=$FILE ${join(pythonTools(), "python")} -c '${PROGRAM.replaceAll("\n", "; ")}'`,
    programUnderTest(),
  ));
