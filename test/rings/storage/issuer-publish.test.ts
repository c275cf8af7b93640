import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { freePort } from "../../free-port.ts";
import { type BrevetHome, inBrevetHome } from "../../scripts/brevet-home.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { type Azurite, startAzurite } from "./azurite.ts";
import { type FakeGcs, startFakeGcs } from "./fake-gcs.ts";

let google: FakeGcs;
let azure: Azurite;
let variables: Readonly<Record<string, string>>;
before(async () => {
  [google, azure] = await Promise.all([startFakeGcs(), startAzurite()]);
  variables = { ...google.environment, ...azure.environment };
});
after(() => Promise.all([google.stop(), azure.stop()]));

async function newPlace(kind: string): Promise<string> {
  const name = `issuer-${randomUUID()}`;
  if (kind === "gcs") {
    await google.makeBucket(name);
    return `gcs://${name}/laptop`;
  }
  await azure.makeContainer(name);
  return `azure-blob://${azure.account}/${name}/laptop`;
}

function makeDevice(home: BrevetHome): void {
  home.write(".config/brevet/config.json", "{}");
  const issuer = ["--issuer", "https://issuer.example/laptop"];
  for (const words of [
    ["init", "laptop", "--signer", "software", ...issuer],
    ["issuer", "generate", "laptop"],
  ]) {
    const { status, stderr } = home.brevet(...words);
    assert.equal(status, 0, stderr);
  }
}

function publish(home: BrevetHome, ...words: readonly string[]) {
  const ended = home.brevetWith(variables, "issuer", "publish", "laptop", "--json", ...words);
  assert.equal(ended.status, 0, ended.stderr);
  const { published } = JSON.parse(ended.stdout) as {
    published: readonly { written: readonly string[]; kids: readonly string[]; foreign: readonly string[] }[];
  };
  return published[0] ?? assert.fail("nothing was published");
}

describe("issuer publish", () => {
  for (const kind of ["gcs", "azure-blob"]) {
    it(`puts a device's documents into ${kind}, beside another's keys, and knows the place the next time`, async () => {
      const place = await newPlace(kind);
      await inBrevetHome(async (first) => {
        makeDevice(first);
        const alone = publish(first, "--to", place);
        assert.deepEqual(alone.written, ["keys.json", ".well-known/openid-configuration"]);
        assert.deepEqual(publish(first).written, []);
        await inBrevetHome((second) => {
          makeDevice(second);
          const refused = second.brevetWith(variables, "issuer", "publish", "laptop", "--to", place);
          assert.match(refused.stderr, /ISSUER_SHARED/);
          const both = publish(second, "--to", place, "--shared");
          assert.deepEqual(both.foreign, alone.kids);
          assert.equal(both.kids.length, 2);
        });
        assert.doesNotMatch(JSON.stringify(first.snapshot()), /ya29|eyJ/);
      });
    });
  }
});

describe("serve --publish", () => {
  it("puts the login server's documents into Cloud Storage", async () => {
    const place = await newPlace("gcs");
    await inBrevetHome(async ({ home, environment }) => {
      const [program, ...words] = programUnderTest().command;
      const flags = ["--data", join(home, "server"), "--listen", `127.0.0.1:${await freePort()}`, "--publish", place];
      const server = spawn(program, [...words, "serve", ...flags], { env: { ...environment, ...variables }, stdio: "ignore" });
      const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
      try {
        const prefix = `${google.url}/storage/v1/b/${new URL(place).hostname}/o/`;
        const document = async (path: string): Promise<string> => {
          const answer = await fetch(`${prefix}${encodeURIComponent(`laptop/${path}`)}?alt=media`);
          return answer.status === 200 ? answer.text() : "";
        };
        const deadline = performance.now() + 120_000;
        while ((await document(".well-known/openid-configuration")) === "" && performance.now() < deadline);
        const { jwks_uri: keysUrl } = JSON.parse(await document(".well-known/openid-configuration")) as { jwks_uri: string };
        const { keys } = JSON.parse(await document(new URL(keysUrl).pathname.slice(1))) as { keys: readonly unknown[] };
        assert.equal(keys.length, 2);
      } finally {
        server.kill();
        await ended;
      }
    });
  });
});
