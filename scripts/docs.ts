import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { openApiDocument } from "../src/server/admin/openapi.ts";
import { commandsPage } from "./docs/commands.ts";
import { configPage } from "./docs/config.ts";
import { configSchema } from "./docs/config-schema.ts";
import { faultsPage } from "./docs/faults.ts";
import { supportPage } from "./docs/support.ts";

/**
 * `npm run docs` writes the pages of `docs/reference/` that are made from the source; with `--check` it writes nothing
 * and fails if a page is not what the source says.
 */
const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/reference/admin-api.openapi.json": () => `${JSON.stringify(openApiDocument("https://id.example.com"), null, 2)}\n`,
  "docs/reference/commands.md": commandsPage,
  "docs/reference/config.md": configPage,
  "docs/reference/config.schema.json": () => `${JSON.stringify(configSchema(), null, 2)}\n`,
  "docs/reference/faults.md": faultsPage,
  "docs/reference/support.md": supportPage,
};

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [path, make] of Object.entries(PAGES)) {
  const text = await make();
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  stale.push(path);
  if (check) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
const pages = `${Object.keys(PAGES).length} pages`;
if (check && stale.length > 0) {
  console.error(`not what the source says: ${stale.join(", ")}; run \`npm run docs\``);
  process.exit(1);
}
console.log(check ? `${pages} say what the source says` : `${pages}, of which changed: ${stale.join(", ") || "none"}`);
