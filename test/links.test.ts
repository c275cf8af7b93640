import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, it } from "node:test";

/* A link on a page leads to a file that is there, and to a heading that it has; and every guide is found from the README. */

const ROOT = join(import.meta.dirname, "..");
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

interface Link {
  readonly page: string;
  readonly target: string;
  /** From the root. */
  readonly file: string;
  readonly heading: string | null;
}

/** The links of a page that lead to another page of the project or to a heading. */
function linksOf(page: string, text: string): readonly Link[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = "", heading = null] = target.split("#");
    const file = path === "" ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
    return [{ page, target, file, heading }];
  });
}

/** As GitHub makes anchors of headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

function problemWith({ file, heading }: Link): string | null {
  if (!existsSync(join(ROOT, file))) return "there is no such file";
  return heading === null || anchorsOf(read(file)).includes(heading) ? null : "there is no such heading";
}

const LINKS = PAGES.flatMap((page) => linksOf(page, read(page)));

describe("the links of the pages", () => {
  it("are seen, and a dead one is told", () => {
    assert.ok(LINKS.length > 300, `${LINKS.length}`);
    const dead = linksOf(
      "docs/x.md",
      "[a](guides/no.md) [b](../README.md#install) [c](../README.md#no) [d](https://example.com/)",
    );
    assert.deepEqual(dead.map(problemWith), ["there is no such file", null, "there is no such heading"]);
  });

  it("lead somewhere", () => {
    const dead = LINKS.flatMap((link) => {
      const problem = problemWith(link);
      return problem === null ? [] : [`${link.page}: ${link.target}: ${problem}`];
    });
    assert.deepEqual(dead, []);
  });

  it("lead from the README to every guide", () => {
    const found = new Set(["README.md"]);
    for (const page of found) for (const { file } of LINKS.filter((link) => link.page === page)) found.add(file);
    assert.deepEqual(
      PAGES.filter((page) => page.startsWith("docs/guides/") && !found.has(page)),
      [],
    );
  });
});
