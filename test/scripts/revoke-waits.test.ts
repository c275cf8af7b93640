import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Secret } from "../../src/core/secret.ts";
import { brevetPaths } from "../../src/platform/paths.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { keyFileGuardKind } from "../../src/stores/key-file/key-file-guard.ts";
import { chooseGuard } from "../../src/stores/sealed-file/choose-guard.ts";
import { sealedFileStore } from "../../src/stores/sealed-file/sealed-file-store.ts";
import { inBrevetHome } from "./brevet-home.ts";

test("a revocation waits for the calls that are under way, and nothing of them stays in the cache", () =>
  inBrevetHome(async ({ home, environment, brevet, start, write }) => {
    write(".config/brevet/config.json", "{}\n");
    for (const words of [
      ["init", "laptop", "--signer", "software", "--issuer", "https://issuer.example/laptop"],
      ["issuer", "generate"],
      ["issuer", "publish", "--to", `${home}/public`],
      ["token", "--audience", "https://api.example.com"],
    ]) {
      const { status, stderr } = brevet(...words);
      assert.equal(status, 0, stderr);
    }
    const [paths, files] = [brevetPaths(environment), privateFiles()];
    const kinds = { file: async () => keyFileGuardKind({ paths, files }) };
    const store = sealedFileStore({
      paths,
      files,
      runKey: null,
      guard: () => chooseGuard({ asked: "file", kinds, files, paths }),
    });
    const [name = ""] = await store.list("credentials");
    assert.notEqual(name, "");
    // By their names: what a program that runs has open may be gone before it could be read.
    const hasKeys = (): boolean => readdirSync(join(paths.stateFolder, "keys")).some((file) => /\.es256\./.test(file));
    assert.ok(hasKeys());
    const revoking = await store.withLock(
      "credentials",
      name,
      { purpose: "is under way", waiting: () => undefined },
      async () => {
        let isOver = false;
        const ended = start("issuer", "revoke", "laptop", "--yes").finally(() => {
          isOver = true;
        });
        // It has its token since before.
        while (hasKeys() && !isOver) await pause(20);
        await store.save("credentials", name, new Secret("late credentials", "late"));
        return { ended };
      },
    );
    const { status, stderr } = await revoking.ended;
    assert.equal(status, 0, stderr);
    assert.match(stderr, /destroyed 1 private key and 2 cached credentials of laptop/);
    assert.deepEqual(await store.list("credentials"), []);
  }));
