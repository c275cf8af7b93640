import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { makeWindows, type Ran, type Windows, windowsPath } from "./windows.ts";

/** A device's way to AWS on Windows, with Wine in Windows' place: its keychain, its paths, its locks, cmd and a real AWS client. */

interface Build {
  readonly name: string;
  readonly words: (windows: Windows) => readonly string[];
  /** Where its store's key is. Wine cannot load a native part that a program unpacks, so the executable finds no keychain. */
  readonly guard: "keychain" | "file";
}

const BUILDS: readonly Build[] = [
  { name: "the Node build", words: ({ nodeBuild }) => nodeBuild, guard: "keychain" },
  { name: "the executable", words: ({ executable }) => executable, guard: "file" },
];

const ISSUER = "https://issuer.example/laptop";
const ROLE = "arn:aws:iam::123456789012:role/developer";

for (const { name, words, guard } of BUILDS) {
  describe(`a device on Windows, by ${name}`, { timeout: 180_000 }, () => {
    let windows: Windows;
    before(() => {
      windows = makeWindows();
    });
    after(() => windows?.end());

    const command = (...typed: readonly string[]): readonly string[] => [...words(windows), ...typed];
    const brevet = async (...typed: readonly string[]): Promise<string> => succeeded(await windows.run(command(...typed)));

    it("is made, with the store's key where a Windows keeps it", async () => {
      const typed = guard === "keychain" ? [] : ["--store", guard];
      const made = await windows.run(command("init", "laptop", ...typed));
      assert.match(succeeded(made), /^subject +laptop-[a-z2-7]{10}$/m);
      // Wine's TPM Base Services say that there is no TPM; the executable cannot ask them.
      if (guard === "keychain") assert.match(made.stderr, /tpm2: this machine has no TPM \(0x8028400f\)/);
      const where = { keychain: /^key +the system's keychain/m, file: /^key +key file C:\\users\\.*\\brevet\\store\.key/m }[
        guard
      ];
      assert.match(await brevet("status"), where);
    });

    it("says of the documents that it writes where they are, as Windows writes paths", async () => {
      await brevet("issuer", "generate", "laptop", "--issuer", ISSUER);
      assert.equal(
        await brevet("issuer", "publish", "laptop", "--to", "public"),
        "C:\\work\\public\\keys.json\nC:\\work\\public\\.well-known\\openid-configuration\n",
      );
      assert.ok(existsSync(join(windows.folder, "public/.well-known/openid-configuration")));
    });

    it("gets credentials at a local AWS, by a profile that is written for AWS tools", async () => {
      const { identities } = JSON.parse(await brevet("status", "--json")) as { identities: readonly { subject: string }[] };
      const subject = identities[0]?.subject ?? "";
      await brevet("sandbox", "trust", "--issuer", ISSUER, "--subject", subject, "--role", "developer");
      windows.background(command("sandbox", "start", "--issuer", `${ISSUER}=public`, "--ready-file", "ready"));
      while (!existsSync(join(windows.folder, "ready"))) await new Promise((done) => setTimeout(done, 50));
      Object.assign(windows.variables, JSON.parse(await brevet("sandbox", "env", "--shell", "json")));
      await brevet("setup", "aws", "--role", ROLE, "--region", "us-east-1");
      assert.match(await brevet("status", "--check"), /^brevet +laptop +arn:\S+ +ends in \S+ +works: arn:aws:sts::/m);
    });

    it("serves an AWS client, which starts the written command by cmd", async () => {
      windows.variables["AWS_PROFILE"] = "brevet";
      const client = windowsPath(resolve("scripts/demo/caller-identity.mjs"));
      const printed = succeeded(await windows.run([windows.node, client]));
      delete windows.variables["AWS_PROFILE"];
      assert.match(printed.trim(), /^arn:aws:sts::123456789012:assumed-role\/developer\/laptop-[a-z2-7]{10}$/);
    });

    it("makes one exchange for twenty calls at once, although some of them are killed", async () => {
      await brevet("cache", "clear");
      const call = command("credential", "aws", "--profile", "brevet");
      const killed = Array.from({ length: 5 }, () => windows.background(call));
      const served = Array.from({ length: 20 }, () => windows.run(call));
      setTimeout(() => {
        for (const child of killed) child.kill("SIGKILL");
      }, 300);
      assert.equal(new Set((await Promise.all(served)).map(succeeded)).size, 1);
    });

    it("hands a program of cmd the credentials, and gives back how it ended", async () => {
      const exec = (line: string): Promise<Ran> => windows.run(command("exec", "-q", "brevet", "--", "cmd", "/c", line));
      assert.match(succeeded(await exec("echo %AWS_ACCESS_KEY_ID% %AWS_REGION%")).trim(), /^ASIA[A-Z0-9]{16} us-east-1$/);
      assert.equal((await exec("exit 7")).exit, 7);
    });

    it("prints variables that cmd takes", async () => {
      const lines = await brevet("env", "brevet", "--shell", "cmd");
      writeFileSync(join(windows.folder, "take.cmd"), `@echo off\r\n${lines}echo %AWS_ACCESS_KEY_ID% %AWS_ACCOUNT_ID%\r\n`);
      assert.match(succeeded(await windows.run(["cmd", "/c", "take.cmd"])).trim(), /^ASIA[A-Z0-9]{16} 123456789012$/);
    });

    it("leaves nothing behind", async () => {
      await brevet("unsetup", "aws-brevet");
      await brevet("issuer", "revoke", "laptop", "--forget", "--yes");
      await brevet("logout", "--all");
      assert.match(await brevet("status"), /^no identity yet/);
    });
  });
}

function succeeded({ exit, stdout, stderr }: Ran): string {
  assert.equal(exit, 0, stderr);
  return stdout;
}
