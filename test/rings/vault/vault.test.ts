import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { createAuthority } from "../../contracts/http-certificates.ts";
import { type TestServer, tunnelProxy, webServer } from "../../contracts/http-servers.ts";
import { type BrevetHome, type Ended, inBrevetHome } from "../../scripts/brevet-home.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { type OpenBao, startOpenBao } from "./openbao.ts";

/** What the guide tells an administrator to type: by the issuer's URL, and by its keys alone. */
const GUIDE = readFileSync(resolve(import.meta.dirname, "../../../docs/guides/other-verifiers.md"), "utf8");
const [BY_URL = "", BY_KEYS = ""] = [...GUIDE.matchAll(/^```\n(\$ vault [\s\S]*?)^```$/gm)].map(([, commands = ""]) =>
  commands.replace(/^\$ /gm, ""),
);
const ISSUER = "https://id.example.com/laptop";

let folder: string;
let site: TestServer;
let proxy: TestServer;
let bao: OpenBao;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-vault-"));
  const authority = await createAuthority("the issuer's authority");
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, authority.certificate);
  site = await webServer(
    (request, response) => {
      const file = join(folder, "site", request.url ?? "");
      if (!existsSync(file)) response.writeHead(404).end();
      else response.writeHead(200, { "content-type": "application/json", "cache-control": "max-age=0" }).end(readFileSync(file));
    },
    await authority.issue({ dns: ["id.example.com"] }),
  );
  proxy = await tunnelProxy(site.port);
  const reach = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, SSL_CERT_FILE: caFile };
  bao = await startOpenBao({ PATH: process.env["PATH"], HOME: folder, ...reach });
});
after(async () => {
  await bao?.stop();
  proxy?.stop();
  site?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs lines of the guide in a shell, where `vault` is OpenBao's command. */
async function administrate(commands: string, { home, environment }: BrevetHome, subject: string): Promise<void> {
  const bin = join(home, "bin");
  if (!existsSync(bin)) {
    mkdirSync(bin);
    symlinkSync(bao.program, join(bin, "vault"));
    const words = programUnderTest().command.map((word) => `'${word}'`);
    writeFileSync(join(bin, "brevet"), `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, { mode: 0o700 });
  }
  const env = { ...environment, ...bao.environment, PATH: `${bin}:${environment["PATH"]}` };
  await new Promise<void>((done, failed) => {
    execFile("sh", ["-euc", commands.replaceAll("laptop-k3v9q2x7ab", subject)], { env }, (error, _, stderr) =>
      error === null ? done() : failed(new Error(`${error.message}\n${stderr}`)),
    );
  });
}

/** A device of its own, published at the issuer's URL, with the guide's profile. @returns its subject. */
async function makeDevice(home: BrevetHome): Promise<string> {
  rmSync(join(folder, "site"), { recursive: true, force: true });
  home.write(".config/brevet/config.json", "{}");
  await done(home.start("init", "laptop", "--signer", "software", "--issuer", ISSUER));
  await done(home.start("issuer", "generate", "laptop"));
  await done(home.start("issuer", "publish", "laptop", "--to", join(folder, "site/laptop")));
  const config = JSON.parse(home.read(".config/brevet/config.json")) as { identities: { laptop: { subject: string } } };
  const [, profile = ""] = /^```jsonc\n("vault": [\s\S]*?)^```$/m.exec(GUIDE) ?? [];
  const { vault } = JSON.parse(`{${profile.replace("https://vault.example.com", bao.url)}}`) as { vault: object };
  home.write(".config/brevet/config.json", JSON.stringify({ ...config, profiles: { vault } }));
  return config.identities.laptop.subject;
}

async function done(ending: Promise<Ended>): Promise<Ended> {
  const ended = await ending;
  assert.equal(ended.status, 0, ended.stderr);
  return ended;
}

/** A token that was not fetched before. */
async function newToken(home: BrevetHome): Promise<Ended> {
  await done(home.start("cache", "clear"));
  return home.start("token", "--profile", "vault");
}

/** What OpenBao says of a token: under which role it was given, and for how many seconds. */
async function lifeOf({ stdout }: Ended): Promise<readonly unknown[]> {
  const { data } = (await bao.call("POST", "auth/token/lookup", { token: stdout.trim() })) as {
    readonly data: { readonly meta: { readonly role: string }; readonly creation_ttl: number };
  };
  return [data.meta.role, data.creation_ttl];
}

describe("a login at OpenBao", () => {
  afterEach(() => bao.call("DELETE", "sys/auth/jwt"));

  it("is as the guide says, by the issuer's URL; for an hour, or for as long as a role without a limit gives", async () => {
    await inBrevetHome(async (home) => {
      const subject = await makeDevice(home);
      await administrate(BY_URL, home, subject);
      assert.deepEqual(await lifeOf(await done(newToken(home))), ["dev", 3600]);
      const role = { role_type: "jwt", user_claim: "sub", bound_audiences: "vault", bound_subject: subject, policies: "dev" };
      await bao.call("POST", "auth/jwt/role/dev", { ...role, token_ttl: 0 });
      assert.deepEqual(await lifeOf(await done(newToken(home))), ["dev", 32 * 86_400]);
      for (const change of [{ bound_subject: "another" }, { bound_subject: subject, bound_audiences: "another" }]) {
        await bao.call("POST", "auth/jwt/role/dev", { ...role, ...change });
        const { status, stdout, stderr } = await newToken(home);
        assert.deepEqual([status, stdout], [5, ""]);
        assert.match(stderr, /EXCHANGE_REFUSED/);
      }
    });
  });

  it("needs nothing hosted where it is given the keys, and goes on through a rotation when it is given both", async () => {
    await inBrevetHome(async (home) => {
      const subject = await makeDevice(home);
      rmSync(join(folder, "site"), { recursive: true });
      await administrate(BY_URL.replace(/^.*oidc_discovery_url.*$/m, BY_KEYS), home, subject);
      await done(newToken(home));
      const first = await home.start("issuer", "rotate", "laptop", "--patience", "1s");
      assert.deepEqual([first.status, /KEY_UNTRUSTED/.test(first.stderr)], [5, true], first.stderr);
      await administrate(BY_KEYS, home, subject);
      await done(newToken(home));
      await done(home.start("issuer", "rotate", "laptop", "--no-wait", "--rounds", "2"));
      await done(newToken(home));
    });
  });

  it("believes a key that was taken out of the issuer's file until its config is written again", async () => {
    await inBrevetHome(async (home) => {
      const subject = await makeDevice(home);
      await administrate(BY_URL, home, subject);
      await done(newToken(home));
      writeFileSync(join(folder, "site/laptop/keys.json"), '{"keys":[]}');
      await done(newToken(home));
      await administrate(BY_URL.split("\n")[1] ?? "", home, subject);
      assert.match((await newToken(home)).stderr, /EXCHANGE_REFUSED/);
    });
  });
});
