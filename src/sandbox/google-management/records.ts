import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import * as v from "valibot";
import { jsonFilesIn, readJsonFile } from "../json-files.ts";
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

const anObject = v.looseObject({});

/** @throws {Fault} `SANDBOX_INVALID` from each method, naming the file that holds no JSON object. */
export function openRecords(folder: string, kind: string): Records {
  const place = join(folder, "google", kind);
  const all = () => jsonFilesIn(place).map((file) => ({ file, resource: readJsonFile(file, anObject) }));
  return {
    all: () => all().map(({ resource }) => resource),
    find: (matches) => all().find(({ resource }) => matches(resource))?.resource ?? null,
    nameOf(matches) {
      const found = all().find(({ resource }) => matches(resource));
      return found === undefined ? null : basename(found.file, ".json");
    },
    save: (file, resource) => writeWhole(join(place, `${file}.json`), `${JSON.stringify(resource, null, 2)}\n`),
    remove: (file) => rmSync(join(place, `${file}.json`), { force: true }),
  };
}

/** What changes when a resource does. */
export function etagOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64").slice(0, 12);
}
