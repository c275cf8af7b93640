import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

/* A cloud that the support table calls untested is called so at the top of what leads people to it. */

const ROOT = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const CLOUDS = [
  { cloud: "AWS", exchange: "aws", pages: ["README.md", "docs/guides/quickstart.md", "docs/guides/aws.md"] },
  { cloud: "Google Cloud", exchange: "gcp", pages: ["README.md", "docs/guides/gcp.md"] },
  { cloud: "Azure", exchange: "azure", pages: ["README.md", "docs/guides/azure.md"] },
];

describe("a cloud that nothing was tried on", () => {
  for (const { cloud, exchange, pages } of CLOUDS) {
    it(`${cloud} is named in the first lines of ${pages.join(", ")}`, () => {
      const support = JSON.parse(read(`src/exchanges/${exchange}/support.json`)) as { readonly untestedOn: readonly string[] };
      const isUntested = support.untestedOn.includes(cloud);
      for (const page of pages) {
        const top = read(page).split("\n").slice(0, 14).join(" ");
        assert.equal(new RegExp(`untested on [^.(]*\\b${cloud}\\b`, "i").test(top), isUntested, page);
      }
    });
  }
});
