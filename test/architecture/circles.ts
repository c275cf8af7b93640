import type { ImportSite } from "./scan.ts";

/**
 * Files that import each other in a circle, those for types alone included, each as a path that comes back to where it began. What is
 * imported when it is used (`import()`) is no part of one: a list of commands loads them, and they may read the list.
 */
export function circles(imports: readonly ImportSite[]): readonly string[] {
  const next = new Map<string, string[]>();
  for (const { from, target, form } of imports) {
    if (target !== null && form !== "dynamic") next.set(from, [...(next.get(from) ?? []), target]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const follow = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(" → "));
    else if (!done.has(file)) {
      for (const target of next.get(file) ?? []) follow(target, [...path, file]);
      done.add(file);
    }
  };
  for (const file of next.keys()) follow(file, []);
  return found;
}
