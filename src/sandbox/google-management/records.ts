import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import { writeWhole } from "../sandbox-folder.ts";

/** A resource as the API shows it, and as its file holds it. */
export type Resource = Readonly<Record<string, unknown>>;

/** The files of one kind of resource: `google/pools/*.json`, read again at each request. */
export interface Records {
  all(): readonly Resource[];
  find(matches: (resource: Resource) => boolean): Resource | null;
  /** Replaces the file that holds the resource of that member's value, or makes one. */
  save(file: string, resource: Resource): void;
  /** The file name under which a resource was found, without its ending. */
  nameOf(matches: (resource: Resource) => boolean): string | null;
  remove(file: string): void;
}

/** @throws {Fault} `SANDBOX_INVALID` from each method, naming the file that is not JSON. */
export function openRecords(folder: string, kind: string): Records {
  const place = join(folder, "google", kind);
  const names = (): readonly string[] =>
    existsSync(place)
      ? readdirSync(place)
          .filter((name) => name.endsWith(".json") && !name.startsWith("."))
          .sort()
      : [];
  const read = (name: string): Resource => {
    const file = join(place, name);
    try {
      return JSON.parse(readFileSync(file, "utf8")) as Resource;
    } catch (cause) {
      throw new Fault("SANDBOX_INVALID", `${file} is not JSON that can be read`, { cause, details: { file } });
    }
  };
  return {
    all: () => names().map(read),
    find: (matches) => names().map(read).find(matches) ?? null,
    nameOf: (matches) =>
      names()
        .find((name) => matches(read(name)))
        ?.replace(/\.json$/, "") ?? null,
    save: (file, resource) => writeWhole(join(place, `${file}.json`), `${JSON.stringify(resource, null, 2)}\n`),
    remove: (file) => rmSync(join(place, `${file}.json`), { force: true }),
  };
}

/** What changes when a resource does. */
export function etagOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64").slice(0, 12);
}
