import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { Fault } from "../core/fault.ts";
import { readPlainText } from "../platform/plain-file.ts";

/** The JSON files of a folder, whatever their names, sorted; none when there is no such folder. */
export function jsonFilesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("."));
  return names.sort().map((name) => join(folder, name));
}

/** Reads a file of a sandbox folder, which people edit. @throws {Fault} `SANDBOX_INVALID` naming the file and the key. */
export function readJsonFile<Schema extends v.GenericSchema>(file: string, schema: Schema): v.InferOutput<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(readPlainText(file));
  } catch (cause) {
    throw invalidFile(file, "", cause instanceof Error ? cause.message : String(cause), cause);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw invalidFile(file, v.getDotPath(issue) ?? "", issue.message);
}

/** The fault for the content of such a file. @param key the place in it; `""`: the whole. */
export function invalidFile(file: string, key: string, reason: string, cause?: unknown): Fault {
  const place = key === "" ? file : `${key} in ${file}`;
  return new Fault("SANDBOX_INVALID", `${place}: ${reason}`, { details: { file, key }, cause });
}
