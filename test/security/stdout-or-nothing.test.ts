import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { COMMAND_GROUPS } from "../../src/cli/commands.ts";
import { programUnderTest } from "../scripts/program.ts";
import { type Home, openHome } from "../scripts/run-script.ts";

/*
 * The promise: stdout carries the credential or nothing. Who reads it (an SDK, a shell's `eval`) takes whatever comes for
 * the answer, so that half of one, or a message, would be worse than none.
 */

const ROLE = "arn:aws:iam::123456789012:role/dev";
const CONFIG = `{
  "identities": { "laptop": { "kind": "device", "signer": "software", "subject": "laptop-k3v9q2x7ab", "issuer": "https://id.example.com/laptop" } },
  "profiles": { "dev": { "aws": { "roleArn": "${ROLE}" } }, "prod": { "via": "dev", "aws": { "roleArn": "${ROLE}" } } }
}`;

/** Each command whose stdout another program reads, in each way that it can go wrong. */
const FAILING: readonly (readonly [command: string, exit: number])[] = [
  ["brevet credential aws", 2],
  ["brevet credential aws --profile absent", 2],
  ["brevet credential aws --profile dev", 6],
  ["brevet credential aws --profile dev --renew", 6],
  ["brevet credential aws --profile prod", 6],
  ["brevet credential aws --profile dev --region mars-1", 2],
  ["brevet credential aws --profil dev", 2],
  ["brevet credential kubernetes", 2],
  ["brevet credential kubernetes --profile absent", 2],
  ["brevet credential kubernetes --profile dev", 6],
  ["brevet credential kubernetes --audience https://app.example.com", 6],
  ["brevet console absent --print", 2],
  ["brevet console dev --print", 6],
  ["brevet roles", 5],
  ["brevet auth --provider aws --format env --profile dev", 6],
  ["brevet env dev", 6],
  ["brevet env dev --shell json", 6],
  ["brevet exec dev -- echo printed", 6],
  ["brevet token", 2],
  ["brevet token --audience https://app.example.com", 6],
  ["echo x | brevet token inspect", 1],
  ["BREVET_CONFIG=. brevet credential aws --profile dev", 1],
  ["HOME=/dev/null brevet credential aws --profile dev", 1],
];

let home: Home;
before(() => {
  home = openHome(programUnderTest());
  home.write(".config/brevet/config.json", CONFIG);
});
after(() => home.close());

describe("a command that fails prints nothing", () => {
  test("whatever makes credentials is among them", () => {
    const making = COMMAND_GROUPS.flatMap(({ commands }) => commands.map(({ path }) => path)).filter((path) =>
      /^credential /.test(path),
    );
    const tried = (path: string): boolean => FAILING.some(([command]) => command.includes(`brevet ${path} `));
    assert.deepEqual(
      making.filter((path) => !tried(path)),
      // Google's libraries read from stdout, too, why there is none.
      ["credential gcp"],
    );
  });

  for (const [command, exit] of FAILING) {
    test(command, async () => {
      const ran = await home.run(command);
      assert.equal(ran.stdout, "");
      assert.equal(ran.exit, exit, ran.stderr);
      assert.match(ran.stderr, /^brevet: error: /);
    });
  }
});

test("to Google's libraries alone is said there why there is none, in the form that they read", async () => {
  const ran = await home.run("brevet credential gcp --profile absent");
  const { code, message, ...rest } = JSON.parse(ran.stdout) as Readonly<Record<string, unknown>>;
  assert.deepEqual([ran.exit, code, typeof message, rest], [0, "PROFILE_UNKNOWN", "string", { version: 1, success: false }]);
  assert.match(ran.stdout, /^[^\n]*\n$/);
});

test("credentials are one line of JSON and nothing beside it", async () => {
  const own = openHome(programUnderTest());
  try {
    const url = "https://id.example.com/laptop";
    for (const command of [`init laptop --signer software --issuer ${url}`, "issuer generate", "issuer publish --to published"]) {
      const ran = await own.run(`brevet ${command}`);
      assert.equal(ran.exit, 0, ran.stderr);
    }
    await own.background(`brevet sandbox start --ready-file ready --issuer ${url}=./published`);
    const trust = `brevet sandbox trust --role dev --issuer ${url} --subject "$(grep -o 'laptop-[a-z2-7]\\{10\\}' .config/brevet/config.json)"`;
    assert.equal((await own.run(trust)).exit, 0);
    for (const attempt of ["new", "cached"]) {
      const ran = await own.run(`eval "$(brevet sandbox env)"; brevet credential aws --role ${ROLE}`);
      assert.equal(ran.exit, 0, ran.stderr);
      assert.match(ran.stdout, /^\{[^\n]*\}\n$/, attempt);
      const { Version, AccessKeyId } = JSON.parse(ran.stdout) as { Version: unknown; AccessKeyId: unknown };
      assert.deepEqual([Version, typeof AccessKeyId], [1, "string"]);
    }
    const full = await own.run(`eval "$(brevet sandbox env)"; brevet credential aws --role ${ROLE} > /dev/full`);
    assert.equal(full.exit, 1);
    assert.match(full.stderr, /FILE_UNWRITABLE/);
  } finally {
    await own.close();
  }
});
