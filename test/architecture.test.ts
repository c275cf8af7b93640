import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import * as esbuild from "esbuild";
import { circles } from "./architecture/circles.ts";
import { AREAS, judgeAmbient, judgeImport } from "./architecture/rules.ts";
import { type ScannedFile, scanFolder, scanSource } from "./architecture/scan.ts";

const TOP = resolve(import.meta.dirname, "..");
const everything = scanFolder(TOP, "src");
const shipped = everything.filter((file) => !/\.test\.ts$/.test(file.path));

function violations(files: readonly ScannedFile[]): readonly string[] {
  return files.flatMap((file) => [
    ...file.imports.flatMap((site) => complaint(`${site.from}:${site.line}`, judgeImport(site))),
    ...file.ambient.flatMap((site) => complaint(`${site.from}:${site.line}`, judgeAmbient(site))),
  ]);
}

function complaint(where: string, reason: string | null): readonly string[] {
  return reason === null ? [] : [`${where} ${reason}`];
}

describe("the table of nouns", () => {
  const FAMILIES = ["signers", "identities", "exchanges", "outlets", "stores", "publishers", "provisioners"];
  const page = readFileSync(resolve(TOP, "ARCHITECTURE.md"), "utf8");
  const table = page.slice(page.indexOf("## The nouns"), page.indexOf("## The tree"));

  for (const family of FAMILIES) {
    it(`names every kind in src/${family}`, () => {
      const kinds = readdirSync(resolve(TOP, "src", family), { withFileTypes: true }).filter((entry) => entry.isDirectory());
      assert.deepEqual(
        kinds.map(({ name }) => name).filter((name) => !table.includes(`\`${name}\``)),
        [],
      );
    });
  }
});

describe("the direction rules", () => {
  it("hold in every file", () => {
    assert.deepEqual(violations(shipped), []);
  });

  it("lead nowhere back: no files import each other in a circle", () => {
    assert.deepEqual(circles(shipped.flatMap(({ imports }) => imports)), []);
    const planted = [
      scanSource("src/core/a.ts", 'import { b } from "./b.ts";'),
      scanSource("src/core/b.ts", 'import { c } from "./c.ts";'),
      scanSource("src/core/c.ts", 'import type { B } from "./b.ts"; const a = await import("./a.ts");'),
    ].flatMap(({ imports }) => imports);
    assert.deepEqual(circles(planted), ["src/core/b.ts → src/core/c.ts → src/core/b.ts"]);
  });

  it("were asked about the whole tree", () => {
    assert.ok(shipped.length > 20, `only ${shipped.length} files were seen`);
    const areas = new Set(shipped.map((file) => file.path.split("/")[1] ?? ""));
    assert.deepEqual(
      [...areas].filter((area) => !(area in AREAS)),
      [],
    );
    assert.ok(shipped.flatMap((file) => file.imports).length > shipped.length, "hardly an import was seen");
  });

  it("see every import that esbuild sees", async () => {
    const { metafile } = await esbuild.build({
      absWorkingDir: TOP,
      entryPoints: shipped.map((file) => file.path),
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      outdir: "never-written",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const scanned = new Set(shipped.flatMap((file) => file.imports.map((site) => `${site.from} → ${site.target}`)));
    const missed = Object.entries(metafile.inputs)
      .filter(([path]) => path.startsWith("src/") && path.endsWith(".ts"))
      .flatMap(([path, input]) => input.imports.filter((edge) => !edge.external).map((edge) => `${path} → ${edge.path}`))
      .filter((edge) => !scanned.has(edge));
    assert.deepEqual(missed, []);
  });
});

/** One violation of each rule, as it would be written, and a neighbour that is allowed. */
const PLANTED: readonly (readonly [path: string, source: string, violated: boolean])[] = [
  ["src/core/x.ts", 'import { readFileSync } from "node:fs";', true],
  ["src/core/x.ts", 'import type { Buffer } from "node:buffer";', true],
  ["src/core/x.ts", 'import * as v from "valibot";', true],
  ["src/core/x.ts", 'import { Fault } from "./fault.ts";', false],
  ["src/wire/jwt.ts", 'import { formatUtc } from "../core/time.ts";', false],
  ["src/wire/jwt.ts", 'import { open } from "node:fs/promises";', true],
  ["src/wire/jwt.ts", 'export { judge } from "../trust/aws/judge.ts";', true],
  ["src/trust/aws/x.ts", 'import { parse } from "../../wire/jwt.ts";', false],
  ["src/trust/aws/x.ts", "const now = Date.now();", true],
  ["src/trust/aws/x.ts", "const then = new Date(0);", false],
  ["src/setup/x.ts", 'const { request } = await import("node:https");', true],
  ["src/platform/x.ts", 'import { get } from "../stores/sealed-file/x.ts";', true],
  ["src/signers/tpm2/x.ts", 'import { sign } from "./sign.ts";', false],
  ["src/signers/tpm2/x.ts", 'import { sign } from "../software/sign.ts";', true],
  ["src/signers/tpm2/x.ts", 'import type { Outlet } from "../../outlets/env/x.ts";', true],
  ["src/signers/tpm2/x.ts", 'import { SignJWT } from "jose";', true],
  ["src/stores/choose.ts", 'import { Fault } from "../core/fault.ts";', false],
  ["src/stores/choose.ts", 'const g = await import("./keychain/guard.ts");', true],
  ["src/stores/keychain/x.ts", 'import { choose } from "../choose.ts";', true],
  ["src/exchanges/aws/x.ts", 'import { STSClient } from "@aws-sdk/client-sts";', true],
  ["src/provisioners/aws/x.ts", 'import { IAMClient } from "@aws-sdk/client-iam";', false],
  ["src/flows/x.ts", 'import { softwareSigner } from "../signers/software/open.ts";', true],
  ["src/flows/x.ts", "type T = import('../signers/software/open.ts').T;", true],
  ["src/flows/x.ts", "import {\n  type A,\n  b,\n} from '../platform/private-files.ts';", true],
  ["src/flows/x.ts", "const m = await import(name);", true],
  ["src/flows/x.ts", 'import "../platform/private-files.ts";', true],
  ["src/flows/x.ts", 'const e = process["env"];', true],
  ["src/sandbox/x.ts", 'import { publish } from "../publishers/directory/x.ts";', true],
  ["src/server/compose.ts", 'import { publish } from "../publishers/directory/x.ts";', false],
  ["src/server/x.ts", 'import { login } from "../flows/login.ts";', true],
  ["src/server/audit/x.ts", 'import { unit } from "../store/unit.ts";', false],
  ["src/server/audit/x.ts", 'import type { Person } from "../people/person.ts";', true],
  ["src/server/provider/x.ts", 'import { findPerson } from "../people/person.ts";', true],
  ["src/server/people/x.ts", 'import { createProvider } from "../provider/create-provider.ts";', true],
  ["src/server/pages/x.ts", 'import { findPerson } from "../people/person.ts";', false],
  ["src/cli/commands/init.ts", 'const s = await import("../../signers/software/open.ts");', true],
  ["src/cli/compose.ts", 'const s = await import("../signers/software/open.ts");', false],
  ["src/cli/compose.ts", 'import type { S } from "../signers/software/open.ts";', false],
  ["src/cli/compose.ts", 'import { s } from "../signers/software/open.ts";', true],
  ["src/cli/kinds.ts", 'import { s } from "../stores/key-file/key-file-guard.ts";', false],
  ["src/cli/main.ts", "const environment = process.env;", false],
  ["src/cli/commands/init.ts", "const environment = process.env;", true],
  ["src/cli/commands/init.ts", 'console.log("x");', true],
  ["src/exchanges/aws/x.ts", 'await fetch("https://x");', true],
  ["src/elsewhere/x.ts", 'import { Fault } from "../core/fault.ts";', true],
  ["src/core/x.ts", '/**\n * `import("node:fs")` is not code\n */\nexport const x = 1;', false],
  ["src/cli/x.ts", 'import { planted } from "../../test/planted.ts";', true],
];

describe("a planted violation", () => {
  for (const [path, source, violated] of PLANTED) {
    it(`${violated ? "is seen" : "is not imagined"}: ${path} ${source.replaceAll("\n", " ")}`, () => {
      assert.equal(violations([scanSource(path, source)]).length > 0, violated);
    });
  }
});
