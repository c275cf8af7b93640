import { join } from "node:path";
import type { OpenChallenges } from "../../flows/admit-key.ts";
import type { Paths } from "../../platform/paths.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";

/** Challenges to devices in the state folder, a file each: whoever admits devices needs no identity of brevet, and no store. */
export function openChallenges(files: PrivateFiles, { stateFolder }: Pick<Paths, "stateFolder">): OpenChallenges {
  const fileOf = (request: string): string => join(stateFolder, "challenges", request);
  return {
    keep: (request, valueDigest) => files.replace(fileOf(request), Buffer.from(valueDigest)),
    take(request) {
      const kept = files.read(fileOf(request));
      return kept !== null && files.remove(fileOf(request)) ? Buffer.from(kept).toString("utf8") : null;
    },
  };
}
