import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { TestGroup } from "./bundle-tests.ts";

/** What the command line asks for. */
export interface WantedTests {
  readonly files: readonly string[];
  /** The command-line transcripts that the files which run them are to run; null: all of them. */
  readonly transcripts: readonly string[] | null;
}

const TRANSCRIPTS = "test/scripts";

/** A transcript is run by each file of this name. */
const RUNS_TRANSCRIPTS = "scripts.test.ts";

/** The test files and the transcripts whose path holds one of the words; without a word, all of them. */
export function wantedTests(words: readonly string[]): WantedTests {
  const isWanted = (path: string): boolean => words.length === 0 || words.some((word) => path.includes(word));
  const all = [...filesBelow("src", ".test.ts"), ...filesBelow("test", ".test.ts")];
  const files = all.filter(isWanted);
  const transcripts = filesBelow(TRANSCRIPTS, ".txt").filter(isWanted);
  const runner = join(TRANSCRIPTS, RUNS_TRANSCRIPTS);
  if (files.some((file) => file.endsWith(`/${RUNS_TRANSCRIPTS}`)) || transcripts.length === 0)
    return { files, transcripts: null };
  return { files: [...files, runner], transcripts };
}

/** The programs that tests start. */
export function childPrograms(): readonly string[] {
  return filesBelow("test", "-child.ts");
}

/** How many files a process runs: together they stay far below the time that a process has. */
const GROUP_SIZE = 12;

/** Folders whose test files are content with one process for several of them: they start no brevet, and put back what they change. */
const GROUPED = /^(?:src\/[^/]+|test\/server)(?=\/)/;

/** Puts unit tests of a folder together; what else there is stays by itself. */
export function groupFiles(files: readonly string[]): readonly (string | TestGroup)[] {
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const folder = GROUPED.exec(file)?.[0];
    if (folder !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const groups = [...folders].flatMap(([folder, members]) =>
    Array.from({ length: Math.ceil(members.length / GROUP_SIZE) }, (_, index) => ({
      name: `${folder}/tests-${index + 1}`,
      files: members.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE),
    })),
  );
  return [...files.filter((file) => !GROUPED.test(file)), ...groups];
}

function filesBelow(folder: string, ending: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path).replaceAll("\\", "/"))
    .sort();
}
