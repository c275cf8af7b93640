import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs, {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, it, type TestContext } from "node:test";
import { Fault } from "../core/fault.ts";
import { type FileCalls, systemCalls } from "./file-calls.ts";
import { privateFiles } from "./private-files.ts";

const files = privateFiles();
let folder: string;
beforeEach((context) => {
  folder = mkdtempSync(join(tmpdir(), "brevet-test-"));
  (context as TestContext).after(() => rmSync(folder, { recursive: true, force: true }));
});

const bytes = (text: string): Uint8Array => Buffer.from(text);
const mode = (path: string): number => statSync(path).mode & 0o777;

describe("a private file", () => {
  it("is made with its folders, for its owner alone, and replaced as a whole", () => {
    const path = join(folder, "a", "b", "file");
    assert.equal(files.read(path), null);
    files.replace(path, bytes("one"));
    const first = statSync(path).ino;
    files.replace(path, bytes("two"));
    assert.deepEqual(Buffer.from(files.read(path) ?? []), bytes("two"));
    assert.notEqual(statSync(path).ino, first);
    assert.equal(mode(path), 0o600);
    assert.equal(mode(join(folder, "a")), 0o700);
    assert.equal(mode(join(folder, "a", "b")), 0o700);
    assert.deepEqual(readdirSync(join(folder, "a", "b")), ["file"]);
  });

  it("is its owner's to read whatever the umask is", (context) => {
    const before = process.umask(0o777);
    (context as TestContext).after(() => process.umask(before));
    const path = join(folder, "a", "file");
    files.replace(path, bytes("one"));
    assert.ok(files.create(join(folder, "a", "lock"), bytes("two"), "passing"));
    assert.deepEqual([mode(join(folder, "a")), mode(path), mode(join(folder, "a", "lock"))], [0o700, 0o600, 0o600]);
  });

  it("has nothing opened or closed that somebody put in the place of its folder", (context) => {
    const [victim, path] = [join(folder, "victim"), join(folder, "a", "file")];
    mkdirSync(victim);
    chmodSync(victim, 0o755);
    const make = fs.mkdirSync;
    const replaced = (context as TestContext).mock.method(fs, "mkdirSync", (made: string, options: fs.MakeDirectoryOptions) => {
      make(made, options);
      rmSync(made, { recursive: true });
      symlinkSync(victim, made);
    });
    syncBuiltinESMExports();
    try {
      assert.throws(() => files.replace(path, bytes("one")), { code: "FILE_UNSAFE" });
    } finally {
      replaced.mock.restore();
      syncBuiltinESMExports();
    }
    assert.deepEqual([mode(victim), readdirSync(victim)], [0o755, []]);
  });

  it("is created by one, and left alone by the next", () => {
    const path = join(folder, "file");
    for (const life of ["lasting", "passing"] as const) {
      rmSync(path, { force: true });
      assert.equal(files.create(path, bytes("mine"), life), true);
      assert.equal(files.create(path, bytes("theirs"), life), false);
      assert.equal(readFileSync(path, "utf8"), "mine");
      assert.equal(mode(path), 0o600);
      assert.deepEqual(readdirSync(folder), ["file"]);
    }
  });

  for (const code of ["EPERM", "EISDIR"]) {
    it(`is created where there are no hard links too: ${code}`, () => {
      const refuses = { ...systemCalls, link: () => fail(code) };
      const path = join(folder, "file");
      assert.equal(privateFiles(refuses).create(path, bytes("mine"), "lasting"), true);
      assert.equal(privateFiles(refuses).create(path, bytes("theirs"), "lasting"), false);
      assert.deepEqual(readdirSync(folder), ["file"]);
      assert.equal(readFileSync(path, "utf8"), "mine");
    });
  }

  it("is not created in place, half of it for others to see, when the disk fails", () => {
    const path = join(folder, "file");
    assert.throws(() => privateFiles({ ...systemCalls, link: () => fail("EIO") }).create(path, bytes("mine"), "lasting"), {
      code: "FILE_UNWRITABLE",
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  it("is listed by its name, without what writers left", () => {
    assert.deepEqual(files.list(join(folder, "nothing")), []);
    for (const name of ["b", "a", "c.1-00112233aabb.brevet-tmp"]) writeFileSync(join(folder, name), "");
    assert.deepEqual(files.list(folder), ["a", "b"]);
    assert.equal(files.remove(join(folder, "a")), true);
    assert.equal(files.remove(join(folder, "a")), false);
  });
});

describe("what others could have a hand in", () => {
  const unsafe = { code: "FILE_UNSAFE" };

  it("is not read through a link", () => {
    writeFileSync(join(folder, "target"), "secret", { mode: 0o600 });
    symlinkSync(join(folder, "target"), join(folder, "link"));
    assert.throws(() => files.read(join(folder, "link")), unsafe);
    symlinkSync(folder, join(folder, "folder-link"));
    assert.throws(() => files.read(join(folder, "folder-link", "target")), unsafe);
    assert.throws(() => files.replace(join(folder, "folder-link", "target"), bytes("x")), unsafe);
    assert.equal(readFileSync(join(folder, "target"), "utf8"), "secret");
  });

  it("is replaced, and not followed, when it is a link", () => {
    writeFileSync(join(folder, "target"), "theirs", { mode: 0o600 });
    symlinkSync(join(folder, "target"), join(folder, "file"));
    files.replace(join(folder, "file"), bytes("ours"));
    assert.equal(readFileSync(join(folder, "target"), "utf8"), "theirs");
    assert.equal(readFileSync(join(folder, "file"), "utf8"), "ours");
    symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
    assert.equal(files.create(join(folder, "dangling"), bytes("ours"), "lasting"), false);
  });

  it("is refused when others can read or change it", () => {
    const path = join(folder, "file");
    files.replace(path, bytes("x"));
    for (const open of [0o640, 0o604, 0o620, 0o602, 0o644]) {
      chmodSync(path, open);
      assert.throws(() => files.read(path), unsafe, open.toString(8));
    }
    chmodSync(path, 0o600);
    for (const open of [0o770, 0o707, 0o720]) {
      chmodSync(folder, open);
      assert.throws(() => files.read(path), unsafe, open.toString(8));
      assert.throws(() => files.replace(path, bytes("y")), unsafe, open.toString(8));
    }
    chmodSync(folder, 0o700);
    assert.deepEqual(Buffer.from(files.read(path) ?? []), bytes("x"));
  });

  it("is refused when it belongs to someone else", () => {
    const path = join(folder, "file");
    files.replace(path, bytes("x"));
    const stranger = (kind: string) => (facts: ReturnType<FileCalls["factsAt"]>) =>
      facts?.kind === kind ? { ...facts, ownerId: facts.ownerId + 1 } : facts;
    const [fileOfOther, folderOfOther] = [stranger("file"), stranger("folder")];
    const theirFile = privateFiles({ ...systemCalls, factsOf: (fd) => fileOfOther(systemCalls.factsOf(fd)) ?? assert.fail() });
    assert.throws(
      () => theirFile.read(path),
      (cause) => {
        assert.ok(cause instanceof Fault && cause.code === "FILE_UNSAFE");
        assert.match(cause.hints.join(), new RegExp(`#${(process.getuid?.() ?? 0) + 1}'`));
        return true;
      },
    );
    const theirFolder = privateFiles({ ...systemCalls, factsAt: (at) => folderOfOther(systemCalls.factsAt(at)) });
    assert.throws(() => theirFolder.read(path), unsafe);
    assert.throws(() => theirFolder.create(join(folder, "new"), bytes("x"), "passing"), unsafe);
  });

  it("is refused when it is no file, and does not hang the reader", () => {
    execFileSync("mkfifo", ["-m", "600", join(folder, "pipe")]);
    mkdirSync(join(folder, "folder"));
    assert.throws(() => files.read(join(folder, "pipe")), unsafe);
    assert.throws(() => files.read(join(folder, "folder")), unsafe);
    assert.throws(() => files.remove(join(folder, "folder")), unsafe);
    writeFileSync(join(folder, "plain"), "");
    assert.throws(() => files.ensureFolder(join(folder, "plain")), unsafe);
    writeFileSync(join(folder, "huge"), Buffer.alloc(1024 * 1024 + 1), { mode: 0o600 });
    assert.throws(() => files.read(join(folder, "huge")), unsafe);
  });

  it("is named in a hint as a shell reads it", () => {
    const path = join(folder, "it's here");
    mkdirSync(path);
    assert.throws(
      () => files.read(path),
      (fault: Fault) => {
        const command = /`(.*)`/s.exec(fault.hints[0] ?? "")?.[1] ?? "";
        execFileSync("sh", ["-c", command]);
        return readdirSync(folder).includes("it's here.aside");
      },
    );
  });

  it("is not renamed over when it is a special file, such as /dev/null to root", () => {
    const pipe = join(folder, "special");
    execFileSync("mkfifo", ["-m", "600", pipe]);
    assert.throws(() => files.replace(pipe, bytes("x")), unsafe);
    assert.ok(lstatSync(pipe).isFIFO());
  });
});

describe("a write that fails", () => {
  it("below a link that leads to nothing, says so", () => {
    symlinkSync(join(folder, "nothing"), join(folder, "state"));
    assert.throws(() => files.replace(join(folder, "state", "brevet", "file"), bytes("one")), {
      code: "FILE_UNWRITABLE",
      details: { reason: "ENOENT" },
    });
  });

  for (const code of ["ENOSPC", "EROFS", "EDQUOT", "EFBIG", "EACCES", "EIO"]) {
    for (const call of ["openNew", "write", "sync", "rename"] as const) {
      it(`leaves the old file and nothing beside it: ${code} of ${call}`, () => {
        const path = join(folder, "file");
        files.replace(path, bytes("old"));
        const broken = privateFiles({ ...systemCalls, [call]: () => fail(code) });
        assert.throws(
          () => broken.replace(path, bytes("new")),
          (fault) => {
            assert.ok(fault instanceof Fault);
            assert.deepEqual([fault.code, fault.details], ["FILE_UNWRITABLE", { reason: code }]);
            assert.equal(
              fault.hints.some((hint) => hint.includes("`")),
              code !== "EIO",
              "it says what to type",
            );
            return true;
          },
        );
        assert.equal(readFileSync(path, "utf8"), "old");
        assert.deepEqual(readdirSync(folder), ["file"]);
      });
    }
  }
});

describe("what a dead writer left", () => {
  it("is removed by the next write, but not what a living one is writing", () => {
    const [dead, living, ancient] = [
      `file.${deadPid()}-00112233aabb.brevet-tmp`,
      `file.${process.pid}-00112233aabb.brevet-tmp`,
      `file.${process.pid}-00112233aabc.brevet-tmp`,
    ];
    for (const name of [dead, living, ancient, "not-ours.tmp"]) writeFileSync(join(folder, name), "half");
    const longAgo = Date.now() / 1000 - 7200;
    utimesSync(join(folder, ancient), longAgo, longAgo);
    files.replace(join(folder, "file"), bytes("x"));
    assert.deepEqual(readdirSync(folder).sort(), ["file", living, "not-ours.tmp"].sort());
  });

  it("is written again when another namespace took us for dead and swept it away", () => {
    let swept = 0;
    const rename: FileCalls["rename"] = (from, to) => {
      if (swept++ === 0) rmSync(from);
      systemCalls.rename(from, to);
    };
    privateFiles({ ...systemCalls, rename }).replace(join(folder, "file"), bytes("x"));
    assert.equal(readFileSync(join(folder, "file"), "utf8"), "x");
    assert.equal(swept, 2);
  });

  it("may be a second name of the file itself", () => {
    writeFileSync(join(folder, "file"), "x", { mode: 0o600 });
    linkSync(join(folder, "file"), join(folder, `file.${deadPid()}-00112233aabb.brevet-tmp`));
    files.sweep(folder);
    assert.deepEqual(readdirSync(folder), ["file"]);
  });
});

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}

/** The number of a process that has ended. */
function deadPid(): number {
  return Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
}
