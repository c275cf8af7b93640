import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { systemClock } from "./clock.ts";
import { certificateAuthorities } from "./http/certificate-authorities.ts";
import { readPlainText } from "./plain-file.ts";
import { readUserFile } from "./user-file.ts";

const folder = mkdtempSync(join(tmpdir(), "brevet-plain-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function pipe(name: string): string {
  const path = join(folder, name);
  execFileSync("mkfifo", ["-m", "600", path]);
  return path;
}

describe("reading a plain file", { timeout: 20_000 }, () => {
  test("follows links", () => {
    writeFileSync(join(folder, "text"), "content");
    symlinkSync("text", join(folder, "link"));
    assert.equal(readPlainText(join(folder, "link")), "content");
  });

  test("refuses a pipe that nobody writes to, and a device, at once", () => {
    assert.throws(() => readPlainText(pipe("pipe")), { code: "FILE_UNSAFE" });
    assert.throws(() => readPlainText("/dev/zero"), { code: "FILE_UNSAFE" });
  });

  test("refuses a file of holes, and a link to nothing", () => {
    const holes = join(folder, "holes");
    writeFileSync(holes, "");
    truncateSync(holes, 2 ** 40);
    assert.throws(() => readPlainText(holes), { code: "FILE_UNSAFE" });
    symlinkSync("nothing", join(folder, "nowhere"));
    assert.throws(() => readPlainText(join(folder, "nowhere")), { code: "FILE_UNREADABLE" });
    assert.throws(() => readUserFile(join(folder, "nowhere")), { code: "FILE_UNREADABLE" });
    assert.equal(readUserFile(join(folder, "absent")), null);
  });

  test("fails at a socket and at a folder as the system does", async () => {
    const path = join(folder, "socket");
    const server = createServer().listen(path);
    await new Promise((listening) => server.once("listening", listening));
    assert.throws(() => readPlainText(path), { code: "ENXIO" });
    assert.throws(() => readPlainText(folder), { code: "EISDIR" });
    server.close();
  });

  test("is how the clock, the AWS config and certificate files are read", async () => {
    pipe("clock-offset");
    assert.equal(systemClock({ stateFolder: folder }).offsetSeconds, 0);
    assert.throws(() => readUserFile(pipe("aws-config")), { code: "FILE_UNSAFE" });
    const authorities = pipe("ca.pem");
    await assert.rejects(certificateAuthorities({ AWS_CA_BUNDLE: authorities }, undefined), {
      code: "FILE_UNSAFE",
      message: `the certificate file ${authorities} named by AWS_CA_BUNDLE is no plain file`,
    });
  });
});
