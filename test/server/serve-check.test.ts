import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { servedCertificate } from "../../src/platform/http/served-certificate.ts";
import { type Authority, createAuthority } from "../contracts/http-certificates.ts";
import { programUnderTest } from "../scripts/program.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

const HOST = "id.example.com";
let folder: string;
let authority: Authority;
let trial: TrialServer;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-check-"));
  authority = await createAuthority("our own");
  const { cert, key } = await authority.issue({ dns: [HOST] });
  for (const [name, text] of [
    ["cert.pem", cert],
    ["key.pem", key],
    ["ca.pem", authority.certificate],
  ] as const) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  trial = await startTrial({ settings: { issuer: `https://${HOST}`, ...tls() } });
});
after(async () => {
  await trial.close();
  rmSync(folder, { recursive: true, force: true });
});

const tls = () => ({ certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") });

interface Finding {
  readonly outcome: string;
  readonly text: string;
  readonly hint?: string;
}

/** `brevet serve --check` as it is typed. */
function check(...words: readonly string[]): Promise<{ readonly exit: number; readonly findings: ReadonlyMap<string, Finding> }> {
  const [program, ...command] = [...programUnderTest().command, "serve", "--check", "--json", ...words] as const;
  return new Promise((done, failed) => {
    execFile(program, command, (error, stdout, stderr) => {
      if (stdout === "") return failed(new Error(stderr));
      const findings = (JSON.parse(stdout) as (Finding & { name: string })[]).map((one) => [one.name, one] as const);
      done({ exit: typeof error?.code === "number" ? error.code : 0, findings: new Map(findings) });
    });
  });
}

const outcomes = (findings: ReadonlyMap<string, Finding>, ...names: readonly string[]): readonly unknown[] =>
  names.map((name) => findings.get(name)?.outcome);

test("what is fit is good, beside the running server, and what is not fails", async () => {
  const reach = [`--resolve=${HOST}=127.0.0.1:${trial.server.port}`, `--ca-file=${join(folder, "ca.pem")}`];
  const { certificate, key } = tls();
  const { exit, findings } = await check(
    ...["--data", trial.dataFolder, "--issuer", `https://${HOST}`, "--certificate", certificate, "--key", key, ...reach],
  );
  const documents = ["name, TLS and discovery", "keys as aws sees them", "keys as gcp sees them", "keys as entra sees them"];
  assert.deepEqual(outcomes(findings, ...documents.map((name) => `documents: ${name}`)), ["good", "good", "good", "good"]);
  assert.deepEqual(outcomes(findings, "issuer", "way in", "database's clock", "keys"), ["good", "good", "good", "good"]);
  // The authority is ours alone, whatever --ca-file says; and nobody administers it yet.
  assert.match(findings.get("certificate")?.text ?? "", /no public authority vouches/);
  assert.deepEqual(outcomes(findings, "certificate", "administrators"), ["bad", "bad"]);
  assert.equal(exit, 1);
  const [resolve = ""] = reach;
  // The folder knows the issuer.
  const unnamed = await check("--data", trial.dataFolder, resolve);
  assert.equal(unnamed.findings.get("issuer")?.outcome, "good");
  for (const name of ["documents: name, TLS and discovery", "ready"])
    assert.match(unnamed.findings.get(name)?.hint ?? "", /`--ca-file \/path\/to\/ca\.pem`/, name);
});

test("a server that is not ready says why", async (t) => {
  let answer: object = { status: "clock", clockAheadSeconds: 599 };
  const instance = createServer((_request, response) => response.writeHead(503).end(JSON.stringify(answer)));
  await new Promise<void>((listening) => instance.listen(0, "127.0.0.1", listening));
  t.after(() => instance.close());
  const issuer = `http://localhost:${(instance.address() as AddressInfo).port}`;
  const ready = async () => (await check("--data", join(folder, "none"), "--issuer", issuer)).findings.get("ready");
  const off = await ready();
  assert.deepEqual(
    [off?.outcome, off?.text],
    ["bad", "it is not ready, because its clock is off: it is 9m59s ahead of that of its database"],
  );
  answer = { code: "DATABASE_FULL" };
  assert.match((await ready())?.text ?? "", /the disk of its database is full/);
});

test("the only administrator is told of, and what they lack to come back by themselves", async () => {
  const found = async () =>
    (await check("--data", trial.dataFolder, "--issuer", `https://${HOST}`)).findings.get("administrators");
  const add = async (id: string): Promise<void> => {
    await trial.addPerson({ id, email: `${id}@example.com`, groups: ["administrators"] });
    await trial.addKey(id);
  };
  await add("alice");
  const only = await found();
  assert.equal(only?.outcome, "warn");
  assert.match(`${only.text} ${only.hint}`, /one key and no recovery codes.* make recovery codes on \/account/);
  const unit = trial.server.storage.openUnit();
  unit.write("INSERT INTO recovery_code (digest, person, made_at) VALUES ('x', 'alice', 0)", []);
  await unit.commit();
  const safer = await found();
  assert.equal(safer?.outcome, "warn");
  assert.doesNotMatch(`${safer.text} ${safer.hint}`, /no recovery codes|make recovery codes/);
  await add("bob");
  assert.equal((await found())?.outcome, "good");
});

test("of a data folder of another issuer it is told whose it is, and nothing that would lead astray", async () => {
  const { exit, findings } = await check("--data", trial.dataFolder, "--issuer", "https://other.example.com");
  assert.equal(exit, 1);
  assert.deepEqual([...findings.keys()], ["issuer"]);
  assert.match(
    findings.get("issuer")?.text ?? "",
    new RegExp(`belongs to https://${HOST}, and not to https://other.example.com`),
  );
});

test("an audit log that is cut and that nobody else has is told", async () => {
  const data = join(folder, "kept");
  const audit = async (settings: object) => {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(join(data, "server.json"), JSON.stringify(settings), { mode: 0o600 });
    return (await check("--data", data, "--issuer", `https://${HOST}`)).findings.get("audit log")?.outcome;
  };
  assert.equal(await audit({}), "good");
  assert.equal(await audit({ auditKeep: "400d" }), "warn");
  assert.equal(await audit({ auditKeep: "400d", auditConfirm: true }), "good");
});

test("an audit log without the checkpoint that it begins with is told, by the server that starts with it too", async () => {
  const first = await startTrial();
  const unit = first.server.storage.openUnit();
  unit.write("INSERT INTO setting (name, value) VALUES ('audit-cut', '7')", []);
  await unit.commit();
  await first.stop();
  const words = ["--data", first.dataFolder, "--issuer", first.url];
  const { findings } = await check(...words);
  assert.deepEqual(outcomes(findings, "audit log", "database", "keys"), ["bad", "good", "good"]);
  assert.match(findings.get("audit log")?.text ?? "", /checkpoint 7/);
  const again = await startTrial({ dataFolder: first.dataFolder, settings: { issuer: first.url } });
  assert.match(again.warnings.join(), /audit log: .*checkpoint 7/);
  await again.close();
});

test("settings that are unsafe fail before anything is started, and nothing is made", async () => {
  const data = join(folder, "new");
  const { exit, findings } = await check("--data", data, "--issuer", `https://${HOST}:8443`, "--listen", "0.0.0.0:8080");
  assert.equal(exit, 1);
  assert.deepEqual(outcomes(findings, "issuer", "way in", "database", "keys"), ["bad", "bad", "bad", "unknown"]);
  assert.equal((await check("--data", data, "--issuer", `https://${HOST}:8443`)).findings.get("database")?.outcome, "bad");
  assert.equal(existsSync(data), false);
  const everybody = await check("--data", data, "--issuer", `https://${HOST}`, "--trusted-proxy", "0.0.0.0/0");
  assert.match(everybody.findings.get("way in")?.text ?? "", /anybody can come under any address/);
});

test("a public authority vouches for a certificate only if it is the host's, and has not ended", async () => {
  const seen = async (host: string) =>
    (
      await servedCertificate(new URL(`https://${host}`), {
        resolve: [{ host, port: 443, address: "127.0.0.1", addressPort: trial.server.port }],
        roots: [authority.certificate],
      })
    ).refusedFor;
  assert.equal(await seen(HOST), null);
  assert.equal(await seen("other.example.com"), "ERR_TLS_CERT_ALTNAME_INVALID");
});
