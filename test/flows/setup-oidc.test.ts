import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EXIT } from "../../src/core/exit.ts";
import { ISSUER, openSignInWorld, ROLE, type SignInWorld } from "../providers/sign-in-world.ts";

describe("setup oidc", () => {
  let world: SignInWorld;
  let words: readonly string[];
  const read = (path: string): string => readFileSync(join(world.home, path), "utf8");
  before(async () => {
    world = await openSignInWorld();
    world.config({ identities: {} });
    const program = join(world.home, "brevet");
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
    const provider = ["--issuer", `${ISSUER}/.well-known/openid-configuration`, "--client-id", world.provider.clientId];
    const profile = ["--role", ROLE, "--region", "eu-west-1", "--program", program];
    words = ["setup", "oidc", ...provider, "--parameter", "prompt=consent", ...profile];
  });
  after(() => world.close());

  it("shows with --dry-run what it would do, and does nothing", async () => {
    const present = read(".config/brevet/config.json");
    const { status, stdout, stderr } = await world.brevet(...words, "--dry-run");
    assert.equal(status, EXIT.done, stderr);
    assert.match(stdout, /\+ {2}"kind": "oidc"/);
    assert.match(stdout, /\[profile brevet\]/);
    assert.match(stderr, /it signs people in by the browser/);
    assert.equal(read(".config/brevet/config.json"), present);
    assert.equal(existsSync(join(world.home, ".aws/config")), false);
  });

  it("writes an identity and profiles that work, and is taken back to the byte", async () => {
    const present = read(".config/brevet/config.json");
    const { status, stderr } = await world.brevet(...words);
    assert.equal(status, EXIT.done, stderr);
    // Nobody has signed in: that it works is not known.
    assert.match(
      stderr,
      /the identity work is written\n.*the profile brevet is written; not tried, for nobody is signed in: `brevet login work`/,
    );
    const { identities } = JSON.parse(read(".config/brevet/config.json"));
    assert.deepEqual(identities.work.scopes, ["openid", "offline_access"]);
    assert.match((await world.brevet(...words)).stderr, /everything was as it should be/);
    assert.equal((await world.brevet("login", "work")).status, EXIT.done);
    assert.match(
      (await world.brevet(...words)).stderr,
      /the profile brevet is ready: it is arn:aws:sts::123456789012:assumed-role\//,
    );
    const credentials = await world.brevet("credential", "aws", "--profile", "brevet");
    assert.equal(credentials.status, EXIT.done, credentials.stderr);
    for (const plan of ["aws-brevet", "oidc-work"]) assert.equal((await world.brevet("unsetup", plan)).status, EXIT.done);
    assert.equal(read(".config/brevet/config.json"), present);
  });

  it("keeps a client's secret sealed, and takes it back with the identity", async () => {
    const client = ["--identity", "closed", "--client-authentication", "client_secret_post"];
    const added = await world.brevetReading("planted-secret-5c1e\n", ...words.slice(0, 8), ...client);
    assert.equal(added.status, EXIT.done, added.stderr);
    assert.ok(!read(".config/brevet/config.json").includes("planted-secret"));
    const keys = () =>
      readdirSync(join(world.home, ".local"), { recursive: true }).filter((name) => String(name).includes("client-secret"));
    assert.equal(keys().length, 1);
    const elsewhere = await world.brevetReading("x\n", ...words.slice(0, 8), ...client, "--store", "keychain");
    assert.match(elsewhere.stderr, /STORE_GUARD_MISMATCH/);
    const removed = await world.brevet("unsetup", "oidc-closed");
    assert.match(removed.stderr, /removed the client secret of closed/);
    assert.deepEqual(keys(), []);
  });

  it("keeps what was said of the signer of a key, and refuses what that signer does not take", async () => {
    const keyed = (...flags: readonly string[]) => world.brevet(...words.slice(0, 8), "--identity", "keyed", "--dpop", ...flags);
    const signer = ["--signer", "command", "--signer-option", "command=/opt/signer", "--signer-option", "command=--slot=1"];
    const present = read(".config/brevet/config.json");
    for (const [flags, said] of [
      [["--signer", "command"], /--signer-option command of the signer command/],
      [[...signer, "--signer-option", "slot=1"], /--signer-option slot: the signer command has no such option/],
    ] as const) {
      const refused = await keyed(...flags);
      assert.equal(refused.status, EXIT.usage, refused.stderr);
      assert.match(refused.stderr, said);
      assert.equal(read(".config/brevet/config.json"), present);
    }
    const added = await keyed(...signer);
    assert.equal(added.status, EXIT.done, added.stderr);
    const { identities } = JSON.parse(read(".config/brevet/config.json"));
    assert.deepEqual(identities.keyed.dpop, { signer: { kind: "command", command: ["/opt/signer", "--slot=1"] } });
    await world.brevet("unsetup", "oidc-keyed");
  });

  it("keeps the choice of --store for the sign-in, while nothing is in the store", async (t) => {
    const bare = await openSignInWorld();
    t.after(() => bare.close());
    delete bare.environment["BREVET_STORE"];
    bare.config({ identities: {} });
    const client = ["--issuer", ISSUER, "--client-id", bare.provider.clientId];
    const added = await bare.brevet("setup", "oidc", ...client, "--store", "file");
    assert.equal(added.status, EXIT.done, added.stderr);
    const config = () => JSON.parse(readFileSync(join(bare.home, ".config/brevet/config.json"), "utf8"));
    assert.deepEqual(config().store, { guard: "file" });
    assert.equal((await bare.brevet("login", "work")).status, EXIT.done);
    const other = await bare.brevet("setup", "oidc", ...client, "--identity", "other", "--store", "tpm");
    assert.match(other.stderr, /STORE_GUARD_MISMATCH/);
    assert.deepEqual(Object.keys(config().identities), ["work"]);
  });

  const refused: readonly (readonly [string, readonly string[], number])[] = [
    ["without a client", ["--issuer", ISSUER], EXIT.usage],
    ["with the issuer of somebody else", ["--issuer", `${ISSUER}/other`, "--client-id", "x"], EXIT.unreachable],
    ["with no URL", ["--issuer", "id.example", "--client-id", "x"], EXIT.usage],
    ["with a port that is none", ["--issuer", ISSUER, "--client-id", "x", "--port", "70000"], EXIT.usage],
    ["with no role", ["--issuer", ISSUER, "--client-id", "x", "--role", "dev"], EXIT.usage],
    ["with a parameter of the protocol", ["--issuer", ISSUER, "--client-id", "x", "--parameter", "state=1"], EXIT.usage],
  ];
  for (const [title, given, status] of refused) {
    it(`changes nothing ${title}`, async () => {
      const present = read(".config/brevet/config.json");
      const ended = await world.brevet("setup", "oidc", ...given);
      assert.equal(ended.status, status, ended.stderr);
      assert.equal(read(".config/brevet/config.json"), present);
    });
  }

  it("writes a profile that goes by SAML, also with setup aws, and needs a role for it", async () => {
    world.config({ identities: { work: { kind: "oidc", issuer: ISSUER, clientId: "mine" } } });
    const role = ["--role", ROLE, "--region", "eu-west-1", "--program", join(world.home, "brevet")];
    const first = await world.brevet("setup", "aws", "--saml", ...role, "--profile", "by-aws");
    assert.equal(first.status, EXIT.done, first.stderr);
    const named = ["--identity", "second", "--saml-audience", "urn:amazon:webservices:cn", "--profile", "by-oidc"];
    const second = await world.brevet("setup", "oidc", "--issuer", ISSUER, "--client-id", "mine", ...named, ...role);
    assert.equal(second.status, EXIT.done, second.stderr);
    const { profiles } = JSON.parse(read(".config/brevet/config.json"));
    assert.deepEqual(
      [profiles["by-aws"].aws.saml, profiles["by-oidc"].aws.saml],
      [{}, { audience: "urn:amazon:webservices:cn" }],
    );
    for (const plan of ["aws-by-aws", "aws-by-oidc", "oidc-second"]) {
      const { status, stderr } = await world.brevet("unsetup", plan);
      assert.equal(status, EXIT.done, stderr);
    }
    for (const idle of [["--saml"], ["--profile", "dev"], ["--certificate", "cert.pem"]]) {
      const without = await world.brevet("setup", "oidc", "--issuer", ISSUER, "--client-id", "mine", ...idle);
      assert.equal(without.status, EXIT.usage, without.stderr);
    }
    const creating = await world.brevet("setup", "aws", "--saml", "--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    assert.equal(creating.status, EXIT.usage);
  });

  it("leaves an identity of that name alone that is not its own", async () => {
    world.config({ identities: { work: { kind: "oidc", issuer: ISSUER, clientId: "mine" } } });
    const ended = await world.brevet("setup", "oidc", "--issuer", ISSUER, "--client-id", "other", "--json");
    assert.equal(ended.status, EXIT.refused);
    assert.match(ended.stderr, /"PLAN_CONFLICT"/);
  });
});
