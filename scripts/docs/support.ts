import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ring } from "../test/rings.ts";

/** What a kind says of itself in `support.json` of its folder. */
interface Support {
  /** What it is for, in a few words. */
  readonly does: string;
  /** What it was run on or against, by tests that the full run requires. */
  readonly testedOn: readonly string[];
  /** What it is meant for but was never run on. */
  readonly untestedOn: readonly string[];
}

/** One thing that the program runs in, as `test/runtimes.json` has it. */
interface Runtime {
  readonly runtime: string;
  readonly tested: string;
  readonly untested: string;
}

const FAMILIES = ["signers", "identities", "exchanges", "outlets", "stores", "publishers", "provisioners"];

/** `docs/reference/support.md`: what was tested on what, as each kind declares it, and in what it runs. @throws when a kind declares nothing. */
export function supportPage(): string {
  const rings = JSON.parse(readFileSync("test/rings.json", "utf8")) as readonly Ring[];
  const runtimes = JSON.parse(readFileSync("test/runtimes.json", "utf8")) as readonly Runtime[];
  return [
    "# Support",
    "",
    "What each kind was run on. *Untested* is what it was written for but never run on: it may work.",
    "",
    "## runtimes",
    "",
    "| in | tested | untested |",
    "|---|---|---|",
    ...runtimes.map(({ runtime, tested, untested }) => `| ${runtime} | ${tested} | ${untested} |`),
    "",
    ...FAMILIES.filter((family) => existsSync(join("src", family))).flatMap(familyTable),
    "## What the full run of the tests requires",
    "",
    "| ring | needs | proves |",
    "|---|---|---|",
    ...rings.map(({ name, needs, why }) => `| ${name} | ${needs.map((need) => `\`${need}\``).join(", ")} | ${why} |`),
    "",
  ].join("\n");
}

function familyTable(family: string): readonly string[] {
  const kinds = readdirSync(join("src", family), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rows = kinds.map(({ name }) => {
    const file = join("src", family, name, "support.json");
    if (!existsSync(file)) throw new Error(`${file} is missing: each kind says what it was tested on`);
    const { does, testedOn, untestedOn } = JSON.parse(readFileSync(file, "utf8")) as Support;
    return `| ${name} | ${does} | ${testedOn.join(", ") || "–"} | ${untestedOn.join(", ") || "–"} |`;
  });
  return [`## ${family}`, "", "| kind | does | tested on | untested on |", "|---|---|---|---|", ...rows.sort(), ""];
}
