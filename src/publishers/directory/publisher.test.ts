import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { publisherContract } from "../../../test/contracts/publisher.ts";
import { Fault } from "../../core/fault.ts";
import { generatedCopy, publishedCopy } from "./published-copy.ts";
import { directoryPublisher } from "./publisher.ts";

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
