import { join } from "node:path";
import { digestOf } from "../../core/digest.ts";
import { withFileLock } from "../../platform/lock.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { encodeRecord, type PlanRecords, parseRecord } from "../../setup/record.ts";

/** Records of plans as files in a folder of brevet's state, one each. */
export function fileRecords(files: PrivateFiles, stateFolder: string): PlanRecords {
  const folder = join(stateFolder, "setups");
  const pathOf = (id: string): string => join(folder, `${id}.json`);
  return {
    async load(id) {
      const bytes = files.read(pathOf(id));
      return bytes === null ? null : parseRecord(Buffer.from(bytes).toString("utf8"), id);
    },
    async save(record) {
      files.replace(pathOf(record.id), Buffer.from(encodeRecord(record), "utf8"));
    },
    async remove(id) {
      files.remove(pathOf(id));
    },
    withLock(id, work) {
      const request = {
        folders: [() => join(stateFolder, "locks")],
        name: `setup-${digestOf(id).slice(0, 32)}.lock`,
        purpose: `sets up ${id}`,
        patienceSeconds: 30,
      };
      return withFileLock(files, request, work);
    },
    async list() {
      return files
        .list(folder)
        .filter((name) => name.endsWith(".json"))
        .map((name) => name.slice(0, -".json".length))
        .sort();
    },
  };
}
