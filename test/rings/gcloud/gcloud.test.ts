import { test } from "node:test";
import { consumeGoogle, consumeServedGoogle } from "../../scripts/google-consumers.ts";
import { programUnderTest } from "../../scripts/program.ts";

// Without a service account gcloud asks Google's introspection who it is.
const LOGIN = "gcloud --quiet auth login --cred-file=$FILE 2>log || cat log >&2";

test("gcloud logs in by the credential file and prints the access token", () =>
  consumeGoogle(`${LOGIN}; gcloud --quiet auth print-access-token`, programUnderTest()));

test("gcloud takes the access token that env prints", () =>
  consumeGoogle(
    'eval "$(brevet env $(basename $FILE .json) --shell sh)"; gcloud --quiet auth print-access-token',
    programUnderTest(),
  ));

test("gcloud takes the token that exec serves, without a login", () =>
  consumeServedGoogle("gcloud --quiet auth print-access-token", programUnderTest()));
