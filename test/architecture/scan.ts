import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/**
 * What a source file reaches for: every module it names and every ambient thing it touches.
 *
 * The scan reads text, not syntax, and errs to the side of seeing too much: an import inside a string would be
 * reported, none is missed. `architecture.test.ts` holds it against esbuild's own list of imports.
 */

/** How a file names another module; a type-only import is erased before the program runs. */
export type ImportForm = "static" | "type" | "dynamic";

export interface ImportSite {
  /** Relative to the top folder, with `/`. */
  readonly from: string;
  readonly line: number;
  readonly form: ImportForm;
  /** A path relative to the top folder, `node:fs`, or the name of a package; null: computed at run time. */
  readonly target: string | null;
}

/** A use of something that is not imported: `process.env`, `Date.now`, `fetch`. */
export interface AmbientSite {
  readonly from: string;
  readonly line: number;
  readonly name: string;
}

/** One file, scanned. */
export interface ScannedFile {
  readonly path: string;
  readonly imports: readonly ImportSite[];
  readonly ambient: readonly AmbientSite[];
}

const STATIC_IMPORT = /^[ \t]*(import|export)\s+(type\s+)?(?:[\w*$\s{},"'-]*?\sfrom\s*)?(["'])([^"'\n]+)\3/gm;
const DYNAMIC_IMPORT = /\b(?:import|require)\s*\(\s*(?:(["'`])([^"'`$\n]+)\1\s*[,)]|(\S))/g;
const AMBIENT: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["process.env", /\bprocess\s*\.\s*env\b|\bprocess\s*\[/g],
  ["process.exit", /\bprocess\s*\.\s*(?:exit|exitCode)\b/g],
  ["process.stdout", /\bprocess\s*\.\s*(?:stdout|stderr|stdin)\b/g],
  ["Date.now", /\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bperformance\s*\.\s*now\b/g],
  ["Math.random", /\bMath\s*\.\s*random\b/g],
  ["fetch", /(?<![.\w])fetch\s*\(|\bglobalThis\s*\.\s*fetch\b/g],
  // Not in an address or a path: of AWS's console, and of what opens it.
  ["console", /(?<![./\w"`])console\s*\./g],
  ["globalThis", /\bglobalThis\b/g],
];

/** Scans every TypeScript file below a folder of `top`. */
export function scanFolder(top: string, folder: string): readonly ScannedFile[] {
  return readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => posix.join(...entry.parentPath.slice(top.length + 1).split(/[\\/]/), entry.name))
    .sort()
    .map((path) => scanSource(path, readFileSync(join(top, path), "utf8")));
}

/** Scans one file whose text is given; `path` is relative to the top folder. */
export function scanSource(path: string, source: string): ScannedFile {
  const text = withoutComments(source);
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const site = (offset: number, form: ImportForm, specifier: string | null): ImportSite => ({
    from: path,
    line: lineAt(offset),
    form,
    target: specifier === null ? null : resolveSpecifier(path, specifier),
  });
  const imports: ImportSite[] = [];
  for (const match of text.matchAll(STATIC_IMPORT)) {
    imports.push(site(match.index + match[0].length, match[2] === undefined ? "static" : "type", match[4] ?? null));
  }
  for (const match of text.matchAll(DYNAMIC_IMPORT)) imports.push(site(match.index, "dynamic", match[2] ?? null));
  const ambient = AMBIENT.flatMap(([name, pattern]) =>
    [...text.matchAll(pattern)].map((match) => ({ from: path, line: lineAt(match.index), name })),
  );
  return { path, imports, ambient };
}

function resolveSpecifier(from: string, specifier: string): string {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier);
  if (specifier.startsWith("node:")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/**
 * Blanks out comment lines, keeping every line's number. Only whole-line comments go: a comment mark behind code may
 * stand inside a string, and taking it for a comment would hide what follows.
 */
function withoutComments(source: string): string {
  return source
    .replace(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*$/gm, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/^[ \t]*\/\/.*$/gm, "");
}
