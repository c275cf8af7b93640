import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AwsFilesFacts, awsFileChecks } from "./aws-file-checks.ts";
import { type CheckReport, runChecks } from "./checks.ts";

const OURS = "[profile dev]\ncredential_process = /usr/bin/brevet credential aws --profile dev\nregion = eu-west-1\n";

interface Texts {
  readonly config?: string;
  readonly credentials?: string;
  readonly environment?: Record<string, string>;
}

async function look(texts: Texts, profiles: AwsFilesFacts["profiles"] = ["dev"]) {
  const facts: AwsFilesFacts = {
    config: { path: "config", text: texts.config ?? null },
    credentials: { path: "credentials", text: texts.credentials ?? null },
    environment: texts.environment ?? {},
    profiles,
    isProgram: (path) => path === "/usr/bin/brevet",
  };
  const progress = async () => ({ update: () => {}, done: () => {}, failed: () => {} });
  const reports = await runChecks(awsFileChecks(facts), progress);
  const named = (name: string): CheckReport => reports.find((report) => report.name === name) ?? assert.fail(name);
  return { config: named("config"), credentials: named("credentials"), variables: named("AWS variables"), named };
}

describe("the files of the AWS tools", () => {
  it("are well when they are not there, or lead to brevet", async () => {
    for (const texts of [{}, { config: OURS, credentials: "[other]\naws_access_key_id = ASIAABCDEFGHIJKLMNOP\n" }]) {
      const { config, credentials, variables } = await look(texts);
      for (const report of [config, credentials, variables]) assert.equal(report.outcome, "good", report.text);
    }
  });

  const wrong: readonly (readonly [string, string])[] = [
    ["a section that is there twice", `${OURS}\n${OURS}`],
    ["one name in two spellings", `${OURS}\n[profile "dev"]\nregion = us-east-1\n`],
    ["keys beside the command", `${OURS}aws_access_key_id = ASIAABCDEFGHIJKLMNOP\n`],
    ["a role beside the command", `${OURS}role_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = x\n`],
    ["a session of IAM Identity Center beside the command", `${OURS}sso_session = corp\n`],
    ["a program that is gone", OURS.replace("/usr/bin/brevet", "/opt/old/brevet")],
    ["a program that is gone, in quotes", OURS.replace("/usr/bin/brevet", "'/opt/my tools/brevet'")],
    ["a profile that brevet does not have", OURS.replace("--profile dev", "--profile prod")],
  ];
  for (const [what, config] of wrong) {
    it(`fail for ${what}, and say what to do`, async () => {
      const { config: report } = await look({ config });
      assert.equal(report.outcome, "bad", report.text);
      assert.ok(report.hint);
    });
  }

  it("say nothing of profiles that brevet does not have where its config cannot be read", async () => {
    assert.equal((await look({ config: OURS }, [])).config.outcome, "bad");
    assert.equal((await look({ config: OURS }, null)).config.outcome, "good");
  });

  it("fail for keys of the same name, which tools prefer", async () => {
    const credentials = "[dev]\naws_access_key_id = AKIAABCDEFGHIJKLMNOP\naws_secret_access_key = planted\n";
    const { credentials: report } = await look({ config: OURS, credentials });
    assert.equal(report.outcome, "bad");
    assert.match(report.hint ?? "", /\[dev\]/);
    assert.ok(!JSON.stringify(report).includes("planted"));
  });

  it("warn of each long-lived key that is left, in either file or the environment, by what is no secret", async () => {
    const keys = "aws_access_key_id = AKIAABCDEFGHIJKLMNOP\naws_secret_access_key = planted\n";
    const cases = [
      [{ credentials: `[old]\n${keys}` }, "in [old] of credentials; profiles by it: old"],
      [{ config: `[profile old]\n${keys}` }, "in [profile old] of config; profiles by it: old"],
      [{ environment: { AWS_ACCESS_KEY_ID: "AKIAABCDEFGHIJKLMNOP" } }, "in AWS_ACCESS_KEY_ID"],
    ] as const;
    for (const [texts, text] of cases) {
      const { named } = await look(texts);
      const report = named("long-lived key AKIAABCDEFGHIJKLMNOP");
      assert.equal(report.outcome, "warn");
      assert.equal(report.text, text);
      assert.match(report.hint ?? "", /update-access-key --status Inactive --access-key-id AKIAABCDEFGHIJKLMNOP/);
      assert.ok(!JSON.stringify(report).includes("planted"));
    }
  });

  it("warn of tools that keep something long-lived, with the profiles by them", async () => {
    const config = [
      ...["[profile a]", "credential_process = aws-vault exec a --json"],
      ...["[profile b]", 'credential_process = "/opt/my tools/aws-vault.exe" export --format=json b'],
      ...["[profile c]", "credential_process = granted credential-process --profile c", ""],
    ].join("\n");
    const { named } = await look({ config });
    assert.match(named("aws-vault").text, /profiles by it: a, b$/);
    assert.match(named("granted").text, /profiles by it: c$/);
  });

  it("are quoted in what is to be typed", async () => {
    const config = OURS.replace("[profile dev]", "[profile $(id)]").replace("/usr/bin/brevet", "/opt/old/brevet");
    assert.match((await look({ config })).config.hint ?? "", /--profile '\$\(id\)'`$/);
  });

  it("warn of variables that come first, and of an endpoint that is not AWS's", async () => {
    const shadows = [
      { AWS_ACCESS_KEY_ID: "AKIAABCDEFGHIJKLMNOP" },
      { AWS_ACCESS_KEY_ID: "ASIAABCDEFGHIJKLMNOP" },
      { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "arn" },
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://localhost/" },
      { AWS_ENDPOINT_URL_STS: "https://127.0.0.1:1" },
    ];
    for (const environment of shadows) {
      const { variables } = await look({ environment });
      assert.equal(variables.outcome, "warn");
      for (const name of Object.keys(environment)) assert.ok(`${variables.text}${variables.hint}`.includes(name), name);
    }
    const inside = await look({ environment: { AWS_ACCESS_KEY_ID: "ASIAABCDEFGHIJKLMNOP", BREVET_EXEC: "dev" } });
    assert.deepEqual([inside.variables.outcome, /by dev/.test(inside.variables.text)], ["good", true]);
    const longLived = await look({ environment: { AWS_ACCESS_KEY_ID: "AKIAABCDEFGHIJKLMNOP", BREVET_EXEC: "gcp" } });
    assert.equal(longLived.variables.outcome, "warn");
    assert.equal((await look({ environment: { AWS_PROFILE: "dev", AWS_REGION: "eu-west-1" } })).variables.outcome, "good");
    for (const [given, outcome] of [
      [{ AWS_ACCESS_KEY_ID: "ASIAABCDEFGHIJKLMNOP" }, "good"],
      [{ AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/credentials" }, "good"],
      [{ AWS_ACCESS_KEY_ID: "AKIAABCDEFGHIJKLMNOP" }, "warn"],
      [{ AWS_ENDPOINT_URL_STS: "https://127.0.0.1:1" }, "warn"],
    ] as const) {
      const { variables } = await look({ environment: { ...given, BREVET_EXEC: "dev" } });
      assert.equal(variables.outcome, outcome, `inside of exec: ${Object.keys(given)}`);
    }
  });
});
