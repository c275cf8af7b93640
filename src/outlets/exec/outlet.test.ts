import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeAwsCredentials } from "../../../test/contracts/outlet.ts";
import type { ForegroundProgram } from "../../platform/processes/run-foreground.ts";
import { execOutlet } from "./outlet.ts";

interface Seen {
  readonly status: number;
  readonly program: ForegroundProgram | undefined;
  readonly said: readonly string[];
}

async function deliverInto(environment: Readonly<Record<string, string>>, quiet = false): Promise<Seen> {
  const said: string[] = [];
  let program: ForegroundProgram | undefined;
  const outlet = execOutlet(
    { whose: "the profile dev", name: "dev", command: "terraform", args: ["apply", "$x"], environment, quiet },
    {
      clock: { now: () => 1_772_627_460, offsetSeconds: 0, learn: () => {} },
      supply: async () => assert.fail("nothing is to be supplied"),
      say: (line) => said.push(line),
      run: async (given) => {
        program = given;
        return 3;
      },
    },
  );
  const status = await outlet.deliver(fakeAwsCredentials());
  return { status, program, said };
}

test("the program gets the credentials, and its status is the answer", async () => {
  const { status, program } = await deliverInto({ PATH: "/bin", AWS_CONFIG_FILE: "/a/config" });
  assert.equal(status, 3);
  assert.deepEqual(program, {
    command: "terraform",
    args: ["apply", "$x"],
    environment: {
      PATH: "/bin",
      AWS_CONFIG_FILE: "/a/config",
      AWS_ACCESS_KEY_ID: "ASIAEXAMPLEEXAMPLE00",
      AWS_SECRET_ACCESS_KEY: "fake/secret+access=key",
      AWS_SESSION_TOKEN: "fake//session+token==",
      AWS_CREDENTIAL_EXPIRATION: "2026-03-04T13:30:00Z",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_ACCOUNT_ID: "123456789012",
      BREVET_EXEC: "dev",
    },
  });
});

test("nothing that a tool could prefer to them is left", async () => {
  const stale = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_CREDENTIAL_SCOPE",
    "AWS_CREDENTIAL_FILE",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SESSION_TOKEN",
    "AWS_ACCOUNT_ID",
  ];
  const { program } = await deliverInto(Object.fromEntries(stale.map((name) => [name, "stale"])));
  assert.deepEqual(
    Object.values(program?.environment ?? {}).filter((value) => value === "stale"),
    [],
  );
});

test("the end of the credentials is said at the start", async () => {
  const { said } = await deliverInto({});
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /the profile dev .*59m.*2026-03-04T13:30:00Z/);
  assert.deepEqual((await deliverInto({ BREVET_EXEC: "prod" }, true)).said, [], "but to who wants to hear nothing");
});

test("inside of another exec, that is said first", async () => {
  const { said } = await deliverInto({ BREVET_EXEC: "prod" });
  assert.equal(said.length, 2);
  assert.match(said[0] ?? "", /prod.*dev/);
});

test("no token of an administrator is handed on", async () => {
  const tokens = ["BREVET_GCP_ADMIN_TOKEN", "BREVET_AZURE_GRAPH_TOKEN", "BREVET_AZURE_MANAGEMENT_TOKEN"];
  const { program } = await deliverInto({
    ...Object.fromEntries(tokens.map((name) => [name, "administrator"])),
    BREVET_PROFILE: "other",
    BREVET_AZURE_GRAPH_URL: "https://graph.example",
  });
  const left = Object.keys(program?.environment ?? {}).filter((name) => name.startsWith("BREVET_"));
  assert.deepEqual(left.sort(), ["BREVET_AZURE_GRAPH_URL", "BREVET_EXEC", "BREVET_PROFILE"]);
});
