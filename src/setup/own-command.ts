import { Fault } from "../core/fault.ts";

/** How this program was started, as far as another program has to know to start it again. */
export interface OwnProgram {
  /** The executable, absolute: brevet itself, or Node. */
  readonly executable: string;
  /** The script that Node runs, absolute; null when the executable is brevet itself. */
  readonly script: string | null;
  /** Folders that are emptied now and then, absolute. */
  readonly temporaryFolders: readonly string[];
}

/** Folders of runners that fetch a program for one run, by a step of the path: what is in them is removed without notice. */
const RUNNERS: readonly { readonly step: RegExp; readonly name: string }[] = [
  { step: /^_npx$/, name: "npx" },
  { step: /^dlx(-|$)/, name: "pnpm dlx" },
  { step: /^bunx-/, name: "bunx" },
  { step: /^xfs-[0-9a-f]+$/, name: "yarn dlx" },
  { step: /^\$bunfs$/, name: "the executable itself" },
];

/**
 * The words that start this program wherever they are run, for the configuration of another program.
 *
 * Node is named by its path too: a program without a terminal (an editor, a desktop launcher) may have no `node` on its PATH.
 *
 * @throws {Fault} `COMMAND_UNSTABLE` for a path that would not last: a runner's cache, a temporary folder.
 */
export function ownCommand({ executable, script, temporaryFolders }: OwnProgram): readonly string[] {
  const words = script === null ? [executable] : [executable, script];
  for (const path of words) requireLasting(path, temporaryFolders);
  return words;
}

function requireLasting(path: string, temporaryFolders: readonly string[]): void {
  const steps = path.split(/[\\/]/);
  const runner = RUNNERS.find(({ step }) => steps.some((part) => step.test(part)));
  const temporary = temporaryFolders.find((folder) => isInside(path, folder));
  if (runner === undefined && temporary === undefined) return;
  const why = runner === undefined ? `a temporary folder (${temporary})` : `the cache of ${runner.name}`;
  throw new Fault("COMMAND_UNSTABLE", `${path} is in ${why} and may be gone tomorrow`, {
    hints: [
      "put the executable into a folder of your PATH, and run this again with that",
      "or name the program that AWS tools are to run: `--program FILE`",
    ],
    details: { path },
  });
}

function isInside(path: string, folder: string): boolean {
  const trimmed = folder.replace(/[\\/]+$/, "");
  return trimmed !== "" && path.startsWith(trimmed) && /^[\\/]/.test(path.slice(trimmed.length));
}
