import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EXIT } from "../../src/core/exit.ts";
import { type BrevetHome, inBrevetHome } from "./brevet-home.ts";

const HOSTED = "https://bucket.s3.us-east-1.amazonaws.com/laptop-abcdefghij";

function join(home: BrevetHome, profile: string): void {
  const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
  const role = `arn:aws:iam::123456789012:role/${profile}`;
  const { status, stderr } = home.brevet("setup", "aws", "--role", role, "--profile", profile, "--program", program);
  assert.equal(status, EXIT.done, stderr);
}

/** A record as a setup leaves it, of things in clouds that nobody reaches from here. */
function remember(home: BrevetHome, id: string, sequence: number, step: object, facts: object = {}): void {
  const whole = { id: "step", does: `create ${id}`, owner: "nobody", before: null, address: {}, ...step };
  const steps = [{ step: whole, progress: "done", facts }];
  const command = `brevet setup ${id.split("-")[0]} --some "flag"`;
  const record = { version: 1, id, title: `the title of ${id}`, command, changedAt: 1, sequence, steps };
  home.write(`.local/state/brevet/setups/${id}.json`, JSON.stringify(record));
}

function rememberHostAndUser(home: BrevetHome): void {
  const stack = { kind: "aws-stack", after: JSON.stringify({ template: "t", parameters: {}, tags: {} }) };
  remember(home, "aws-brevet", 20, stack, { outputIssuer: HOSTED, outputBucket: "bucket" });
  const credential = { issuer: HOSTED, subject: "laptop-abcdefghij", audience: "api://AzureADTokenExchange" };
  remember(home, "azure-azure", 10, { kind: "azure-credential", after: JSON.stringify(credential) });
}

describe("unsetup", () => {
  it("has nothing to take away where nothing was set up, and that is no fault", () =>
    inBrevetHome((home) => {
      for (const words of [["unsetup"], ["unsetup", "--all"]]) {
        const { status, stderr } = home.brevet(...words);
        assert.equal(status, EXIT.done);
        assert.match(stderr, /nothing was set up, so there is nothing to remove/);
      }
      assert.equal(home.brevet("unsetup", "--json").stdout, "null\n");
      assert.equal(home.brevet("unsetup", "--all", "--json").stdout, "[]\n");
    }));

  it("lists the setups where there are several and none is named, and says what to type", () =>
    inBrevetHome((home) => {
      for (const name of ["one", "two"]) join(home, name);
      const { status, stderr } = home.brevet("unsetup");
      assert.equal(status, EXIT.usage);
      assert.match(stderr, /^setup +what it made$/m);
      for (const line of [/^aws-one {2}/m, /^aws-two {2}/m, /`brevet unsetup aws-two`/, /`brevet unsetup --all`/])
        assert.match(stderr, line);
    }));

  it("takes all of them away", () =>
    inBrevetHome((home) => {
      const before = home.snapshot();
      for (const name of ["one", "two", "three"]) join(home, name);
      const { stdout: shown } = home.brevet("unsetup", "--all", "--dry-run");
      assert.match(shown, /^to be undone: AWS tools get the role arn:aws:iam::123456789012:role\/one as the profile one$/m);
      assert.match(shown, /^remove +the profile one in /m);
      assert.match(shown, /^\+\+\+ \/dev\/null$/m);
      const { status, stdout, stderr } = home.brevet("unsetup", "--all", "--json");
      assert.equal(status, EXIT.done, stderr);
      const taken = JSON.parse(stdout) as readonly { readonly id: string; readonly left: readonly unknown[] }[];
      assert.deepEqual(
        taken.map(({ id }) => id),
        ["aws-three", "aws-two", "aws-one"],
      );
      assert.deepEqual(home.snapshot(), { ...before, "bin/brevet": "#!/bin/sh\n" });
    }));

  it("goes on past clouds that cannot be reached, tells of each, and ends as what did not do it all", () =>
    inBrevetHome((home) => {
      for (const name of ["one", "two"]) join(home, name);
      const account = { project: "example-project", email: "a@example-project.iam.gserviceaccount.com", owner: "laptop" };
      remember(home, "gcp-gcp", 30, { kind: "gcp-service-account", address: account, after: "{}" });
      remember(home, "azure-azure", 40, { kind: "azure-application", address: { name: "a", owner: "laptop" }, after: "{}" });
      const nowhere = "https://127.0.0.1:1/";
      const clouds = {
        BREVET_GCP_ADMIN_TOKEN: "any",
        CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: nowhere,
        BREVET_AZURE_GRAPH_TOKEN: "any",
        BREVET_AZURE_GRAPH_URL: nowhere,
        BREVET_AZURE_MANAGEMENT_TOKEN: "any",
        BREVET_AZURE_MANAGEMENT_URL: nowhere,
      };
      const { status, stdout, stderr } = home.brevetWith(clouds, "unsetup", "--all", "--json");
      assert.equal(status, EXIT.fault, stderr);
      const taken = JSON.parse(stdout) as readonly { readonly id: string; readonly stopped: string | null }[];
      assert.deepEqual(
        taken.map(({ id, stopped }) => [id, stopped]),
        [
          ["azure-azure", "NETWORK_UNREACHABLE"],
          ["gcp-gcp", "NETWORK_UNREACHABLE"],
          ["aws-two", null],
          ["aws-one", null],
        ],
      );
      const fault = JSON.parse(stderr.trim().split("\n").at(-1) ?? "") as {
        readonly code: string;
        readonly hints: readonly string[];
      };
      assert.equal(fault.code, "PLAN_INTERRUPTED");
      for (const id of ["azure-azure", "gcp-gcp"]) {
        assert.ok(
          fault.hints.some((hint) => hint.includes(`\`brevet unsetup ${id}\``)),
          id,
        );
        assert.match(stderr, new RegExp(`^brevet: warning: ${id}: .*NETWORK_UNREACHABLE`, "m"));
      }
      const alone = home.brevetWith(clouds, "unsetup", "gcp-gcp");
      assert.equal(alone.status, EXIT.unreachable, alone.stderr);
    }));

  it("takes no issuer away that another setup's cloud trusts", () =>
    inBrevetHome((home) => {
      rememberHostAndUser(home);
      const before = home.snapshot();
      for (const more of [[], ["--dry-run"]]) {
        const { status, stderr } = home.brevet("unsetup", "aws-brevet", ...more);
        assert.equal(status, EXIT.refused, stderr);
        assert.match(stderr, /azure-azure trusts the issuer of aws-brevet \(ISSUER_IN_USE\)/);
        assert.match(stderr, /`brevet unsetup azure-azure`/);
      }
      assert.deepEqual(home.snapshot(), before);
      const dry = home.brevet("unsetup", "--all", "--dry-run").stdout;
      assert.ok(dry.indexOf("azure-azure") < dry.indexOf("aws-brevet"), dry);
      assert.equal(home.brevet("unsetup", "aws-brevet", "--even-if-trusted", "--dry-run").status, EXIT.done);
    }));

  it("takes no profile away that a profile in the config goes by, whoever wrote that", () =>
    inBrevetHome((home) => {
      for (const name of ["base", "alone"]) join(home, name);
      const path = ".config/brevet/config.json";
      const hand = '"hand": { "via": "base", "aws": { "roleArn": "arn:aws:iam::123456789012:role/hand" } },';
      home.write(path, home.read(path).replace('"profiles": {', `"profiles": { ${hand}`));
      const before = home.snapshot();
      const { status, stderr } = home.brevet("unsetup", "aws-base");
      assert.equal(status, EXIT.refused, stderr);
      assert.match(stderr, /hand in \S+config\.json needs a profile of aws-base \(`via`\) \(PROFILE_IN_USE\)/);
      assert.deepEqual(home.snapshot(), before);
      const all = home.brevet("unsetup", "--all", "--json");
      assert.equal(all.status, EXIT.refused, all.stderr);
      assert.deepEqual(
        JSON.parse(all.stdout).map(({ id, stopped }: { readonly id: string; readonly stopped: string | null }) => [id, stopped]),
        [
          ["aws-alone", null],
          ["aws-base", "PROFILE_IN_USE"],
        ],
      );
      assert.equal(home.brevet("unsetup", "aws-base", "--even-if-trusted").status, EXIT.done);
    }));

  it("is named by who would give its issuer up by another way, too", () =>
    inBrevetHome((home) => {
      rememberHostAndUser(home);
      home.write(
        ".config/brevet/config.json",
        home.read(".config/brevet/config.json").replace("https://issuer.example/laptop", HOSTED),
      );
      const before = home.read(".config/brevet/config.json");
      const generate = ["issuer", "generate", "--issuer", "https://other.example/laptop"];
      const { status, stderr } = home.brevet(...generate);
      assert.equal(status, EXIT.refused, stderr);
      assert.match(stderr, /azure-azure trust the issuer \S+ of laptop, .* \(ISSUER_IN_USE\)/);
      assert.match(stderr, /`brevet issuer generate laptop --issuer https:\/\/other\.example\/laptop --change-issuer`/);
      assert.equal(home.read(".config/brevet/config.json"), before);
      const changed = home.brevet(...generate, "--change-issuer");
      assert.match(
        changed.stderr,
        /to have the new issuer trusted too, run `brevet setup azure --some "flag" --identity laptop`/,
      );
      assert.match(home.read(".config/brevet/config.json"), /https:\/\/other\.example\/laptop/);
    }));

  it("says so where nothing of a setup came to be", () =>
    inBrevetHome((home) => {
      const file = `${home.home}/.config/brevet/config.json`;
      const step = { kind: "brevet-profile", address: { file, profile: "absent" }, after: "{}" };
      remember(home, "azure-azure", 10, step);
      const path = ".local/state/brevet/setups/azure-azure.json";
      home.write(path, home.read(path).replace('"done"', '"begun"'));
      const { status, stderr } = home.brevet("unsetup");
      assert.equal(status, EXIT.done, stderr);
      assert.match(stderr, /nothing of azure-azure was there any more/);
    }));
});
