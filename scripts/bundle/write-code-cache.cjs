"use strict";
// Runs the built program as its stub does, and writes what V8 has compiled for that call: `node write-code-cache.cjs STUB WORDS…`.
const { readdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const [, , stub, ...words] = process.argv;
const folder = dirname(stub);
const name = readdirSync(folder).find((file) => /^program-[0-9a-f]+\.cjs$/.test(file));
const filename = join(folder, name);
const script = new Script(readFileSync(filename, "utf8"), { filename });
const cache = join(folder, name.replace(/cjs$/, `${process.versions.v8}-${process.arch}.cache`));

const { exit } = process;
process.exit = (code) => {
  if (code !== 0) exit(code);
  writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
  renameSync(`${cache}.${process.pid}`, cache);
  exit(0);
};
process.argv = [process.execPath, stub, ...words];
const program = { exports: {} };
script.runInThisContext()(program.exports, createRequire(stub), program, stub, folder);
