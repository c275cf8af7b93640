import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

/* From npm 11 on, a package whose install script has no answer makes `npm ci` warn, and from npm 12 on the script does not run. */

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, "..", name), "utf8"));

test("no install script of a dependency runs, and npm has nothing to ask", () => {
  const { packages } = read("package-lock.json") as {
    readonly packages: Record<string, { readonly hasInstallScript?: boolean }>;
  };
  const withScript = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = withScript.map(([path]) => path.split("node_modules/").at(-1) ?? "");
  const { allowScripts } = read("package.json") as { readonly allowScripts: Readonly<Record<string, boolean>> };
  assert.deepEqual(allowScripts, Object.fromEntries([...new Set(names)].sort().map((name) => [name, false])));
});
