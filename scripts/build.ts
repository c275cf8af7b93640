import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeCodeCaches } from "./bundle/code-cache.ts";
import { thirdPartyLicenses } from "./bundle/licenses.ts";
import { bundleForNode, ENTRY, NODE_PROGRAM } from "./bundle/node-bundle.ts";

/**
 * `npm run build [-- --node PROGRAM…]`: the JavaScript of the npm package in `dist/`, and esbuild's metafile in `build/`. Calls by
 * this Node, and by each that is named, find the program compiled.
 */
const { values } = parseArgs({ options: { node: { type: "string", multiple: true, default: [] } } });
const started = performance.now();
console.log("dist: building, which takes some ten seconds");
const bundle = await bundleForNode(ENTRY, "dist");
mkdirSync("build", { recursive: true });
writeFileSync("build/node-metafile.json", JSON.stringify(bundle.metafile));
writeFileSync("dist/third-party-licenses.txt", thirdPartyLicenses(bundle.metafile));
writeFileSync("build/every-call-chunks.json", JSON.stringify(bundle.everyCall));
await writeCodeCaches(join("dist", NODE_PROGRAM), [process.execPath, ...values.node]);
const bytes = bundle.files.reduce((sum, file) => sum + statSync(file).size, 0);
const milliseconds = Math.round(performance.now() - started);
console.log(`dist: ${bundle.files.length} files, ${Math.round(bytes / 1024)} kB, in ${milliseconds} ms`);
