import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { childProgram } from "../../../test/child-program.ts";
import { publisherContract } from "../../../test/contracts/publisher.ts";
import { Fault } from "../../core/fault.ts";
import { publicDocumentFiles } from "./document-files.ts";
import { generatedCopy, publishedCopy } from "./published-copy.ts";
import { directoryPublisher } from "./publisher.ts";

const CHILD = join(import.meta.dirname, "../../../test/contracts/publisher-child.ts");
const KEYS = { path: "keys.json", body: "{}", contentType: "application/json", cacheControl: "max-age=300" };

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "directory-publisher-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Two of the kinds of folder over one place on disk. */
const KINDS = {
  directory: (top: string) => directoryPublisher({ folder: join(top, "issuer"), lockFolder: join(top, "locks") }),
  "stored copy": (top: string) => publishedCopy({ stateFolder: top }, "laptop"),
};

for (const [name, open] of Object.entries(KINDS)) {
  publisherContract(name, async () => {
    const top = await mkdtemp(join(tmpdir(), "directory-publisher-"));
    return { publisher: open(top), other: () => open(top), close: () => rm(top, { recursive: true, force: true }) };
  });
}

it("writes files that a web server may read, and leaves nothing else behind", () =>
  inFolder(async (top) => {
    const folder = join(top, "new", "issuer");
    const publisher = directoryPublisher({ folder, lockFolder: join(top, "locks") });
    await publisher.replace(KEYS, null);
    await publisher.replace({ ...KEYS, body: "[]" }, (await publisher.read("keys.json"))?.version ?? null);
    assert.equal((await stat(join(folder, "keys.json"))).mode & 0o777, 0o644);
    assert.equal((await stat(folder)).mode & 0o777, 0o755);
    assert.deepEqual(await readdir(folder), ["keys.json"]);
    assert.deepEqual(await readdir(join(top, "locks")), []);
  }));

it("clears away what a killed process left, and nothing else", () =>
  inFolder(async (top) => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const left = `keys.json.${dead}-0123456789ab.brevet-tmp`;
    const mine = `keys.json.${process.pid}-0123456789ab.brevet-tmp`;
    for (const name of [left, mine, "index.html"]) await writeFile(join(top, name), "");
    await directoryPublisher({ folder: top, lockFolder: join(top, "locks") }).replace(KEYS, null);
    assert.deepEqual((await readdir(top)).sort(), ["index.html", "keys.json", mine, "locks"]);
  }));

it("refuses a pipe in a document's place, and does not wait for who writes to it", { timeout: 20_000 }, () =>
  inFolder(async (top) => {
    const publisher = directoryPublisher({ folder: top, lockFolder: join(top, "locks") });
    spawnSync("mkfifo", [join(top, "keys.json")]);
    await assert.rejects(publisher.read("keys.json"), { code: "FILE_UNSAFE" });
    await assert.rejects(publisher.replace(KEYS, null), { code: "FILE_UNSAFE" });
  }),
);

it("says which file cannot be read or written", () =>
  inFolder(async (top) => {
    await writeFile(join(top, "file"), "");
    const faulty = directoryPublisher({ folder: join(top, "file"), lockFolder: join(top, "locks") });
    await assert.rejects(faulty.read("keys.json"), (cause) => cause instanceof Fault && cause.code === "FILE_UNREADABLE");
    const fine = directoryPublisher({ folder: join(top, "fine"), lockFolder: join(top, "locks") });
    await assert.rejects(
      fine.replace({ ...KEYS, path: `${"n".repeat(250)}.json` }, null),
      (cause) => cause instanceof Fault && cause.code === "FILE_UNWRITABLE",
    );
    assert.deepEqual(await readdir(join(top, "fine")), []);
  }));

it("keeps the copies of each identity and of each stage apart, for their owner only", () =>
  inFolder(async (top) => {
    const places = [
      publishedCopy({ stateFolder: top }, "work"),
      publishedCopy({ stateFolder: top }, "Work"),
      generatedCopy({ stateFolder: top }, "work"),
    ];
    for (const [index, place] of places.entries()) await place.replace({ ...KEYS, body: `${index}` }, null);
    for (const [index, place] of places.entries()) assert.equal((await place.read("keys.json"))?.body, `${index}`);
    assert.equal((await stat(join(top, "issuers", "work", "published", "keys.json"))).mode & 0o777, 0o600);
    await chmod(join(top, "issuers", "work", "published", "keys.json"), 0o666);
    const [open] = places;
    await assert.rejects(open?.read("keys.json") ?? Promise.resolve(), (cause) => (cause as Fault).code === "FILE_UNSAFE");
  }));

/** Adds its own words to the published document, one after the other, from a home of its own. */
function writer(top: string, name: string, words: readonly string[]): Promise<number | null> {
  const places = [join(top, "issuer"), join(top, name), JSON.stringify(KEYS)];
  const [program, ...args] = [...childProgram(CHILD), ...places, ...words] as const;
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], timeout: 60_000 });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
}

it("loses nothing that processes of different homes publish at once", () =>
  inFolder(async (top) => {
    const words = ["a", "b", "c", "d"].map((home) => Array.from({ length: 25 }, (_, index) => `${home}${index}`));
    const ends = await Promise.all(words.map((own, home) => writer(top, `locks-${home}`, own)));
    assert.deepEqual(ends, [0, 0, 0, 0]);
    const published = (await readFile(join(top, "issuer", "keys.json"), "utf8")).trim().split("\n");
    assert.deepEqual(published.sort(), words.flat().sort());
    assert.deepEqual(await readdir(join(top, "issuer")), ["keys.json"]);
  }));

it("breaks the marker of a process that died, and waits for one that is fresh", () =>
  inFolder(async (top) => {
    const marker = join(top, "keys.json.brevet-lock");
    const publisher = directoryPublisher({ folder: top, lockFolder: join(top, "locks") });
    await writeFile(marker, "dead");
    await utimes(marker, Date.now() / 1000 - 11, Date.now() / 1000 - 11);
    await publisher.replace(KEYS, null);
    assert.deepEqual((await readdir(top)).sort(), ["keys.json", "locks"]);

    await writeFile(marker, "alive");
    const version = (await publisher.read("keys.json"))?.version ?? null;
    const waiting = publisher.replace({ ...KEYS, body: "late" }, version);
    // Its temporary file is there: it has got as far as the marker.
    while (!(await readdir(top)).some((name) => name.endsWith(".brevet-tmp")))
      assert.equal(await readFile(marker, "utf8"), "alive");
    const refused = assert.rejects(waiting, (cause) => (cause as Fault).code === "PUBLISH_CONFLICT");
    await writeFile(join(top, "keys.json"), "meanwhile");
    await rm(marker);
    await refused;
    assert.equal((await publisher.read("keys.json"))?.body, "meanwhile");
  }));

it("writes over a copy of its own that is too large to be read", () =>
  inFolder(async (top) => {
    const copy = publishedCopy({ stateFolder: top }, "work");
    await copy.replace({ ...KEYS, body: "x".repeat(1024 * 1024 + 1) }, null);
    await assert.rejects(copy.read("keys.json"), (cause) => (cause as Fault).code === "FILE_UNSAFE");
    await copy.overwrite?.(KEYS);
    assert.equal((await copy.read("keys.json"))?.body, KEYS.body);
  }));

it("leaves a document as it is when its marker was broken meanwhile", () =>
  inFolder(async (top) => {
    const file = join(top, "keys.json");
    await writeFile(file, "theirs");
    const replaced = await publicDocumentFiles.replace(file, "ours", () => {
      rmSync(`${file}.brevet-lock`);
      return true;
    });
    assert.equal(replaced, false);
    assert.equal(await readFile(file, "utf8"), "theirs");
  }));

it("writes again what a process that took ours for dead has swept away", () =>
  inFolder(async (top) => {
    const file = join(top, "keys.json");
    await writeFile(file, "before");
    let sweeps = 0;
    const replaced = await publicDocumentFiles.replace(file, "after", () => {
      const temporary = readdirSync(top).filter((name) => name.endsWith(".brevet-tmp"));
      if (sweeps++ === 0) for (const name of temporary) rmSync(join(top, name));
      return true;
    });
    assert.equal(replaced, true);
    assert.equal(await readFile(file, "utf8"), "after");
    assert.deepEqual(await readdir(top), ["keys.json"]);
  }));
