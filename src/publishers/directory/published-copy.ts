import { join } from "node:path";
import { utf8 } from "../../core/bytes.ts";
import type { Publisher } from "../../core/publisher.ts";
import type { Paths } from "../../platform/paths.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { DISCOVERY_PATH, JWKS_PATH } from "../../wire/issuer-documents/discovery.ts";
import { identityHandle } from "../../wire/issuer-documents/identity-handle.ts";
import { ownDocumentFiles } from "./document-files.ts";
import { folderPublisher } from "./publisher.ts";

/**
 * What this machine remembers of an issuer's documents, in `issuers/<identity>/` of the state folder:
 * - `generated`: what `issuer generate` made and `issuer publish` takes;
 * - `published`: what verifiers see since the last `publish` or `verify`; the credential path checks each token by it.
 */
type Stage = "generated" | "published";

/** The stored copy of what was published. */
export function publishedCopy(paths: Pick<Paths, "stateFolder">, identity: string): Publisher {
  return copy(paths, identity, "published");
}

/** The documents that were generated last. */
export function generatedCopy(paths: Pick<Paths, "stateFolder">, identity: string): Publisher {
  return copy(paths, identity, "generated");
}

/** Removes both. */
export function forgetCopies(paths: Pick<Paths, "stateFolder">, identity: string): void {
  const files = privateFiles();
  for (const stage of ["generated", "published"] as const) {
    for (const path of [DISCOVERY_PATH, JWKS_PATH]) files.remove(join(folderOf(paths, identity, stage), path));
  }
}

function folderOf({ stateFolder }: Pick<Paths, "stateFolder">, identity: string, stage: Stage): string {
  return join(stateFolder, "issuers", identityHandle(identity), stage);
}

function copy({ stateFolder }: Pick<Paths, "stateFolder">, identity: string, stage: Stage): Publisher {
  const folder = folderOf({ stateFolder }, identity, stage);
  const files = privateFiles();
  return {
    ...folderPublisher({ folder, lockFolder: join(stateFolder, "locks") }, ownDocumentFiles(files)),
    overwrite: async ({ path, body }) => files.replace(join(folder, path), utf8(body)),
  };
}
