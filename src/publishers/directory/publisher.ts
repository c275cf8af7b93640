import { join, resolve } from "node:path";
import { sha256Hex } from "../../core/digest.ts";
import { publishConflict } from "../../core/publish-conflict.ts";
import type { PublicDocument, PublishedDocument, Publisher } from "../../core/publisher.ts";
import { withFileLock } from "../../platform/lock.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { type DocumentFiles, publicDocumentFiles } from "./document-files.ts";

/** A folder of documents, and one for the locks, which a web server must not serve. */
export interface DocumentFolder {
  readonly folder: string;
  readonly lockFolder: string;
}

const LOCK_PATIENCE_SECONDS = 20;

/**
 * The publisher `directory`: the folder that a web server serves as the issuer URL, so that `keys.json` below the URL
 * is `keys.json` in the folder. A document's version is the digest of its content. Content type and cache header are
 * the web server's to set.
 *
 * Between the processes of one home a replacement is one step, by a lock; between homes and machines that share the folder
 * too, by a marker beside the document. A program that knows neither can still slip in between the last comparison and
 * the rename, which are microseconds apart.
 */
export function directoryPublisher(place: DocumentFolder): Publisher {
  return folderPublisher(place, publicDocumentFiles);
}

/** A publisher over any kind of files. */
export function folderPublisher({ folder, lockFolder }: DocumentFolder, files: DocumentFiles): Publisher {
  const read = (path: string): PublishedDocument | null => {
    const body = files.read(join(folder, path));
    return body === null ? null : { body, version: versionOf(body) };
  };
  const isExpected = (path: string, expected: string | null): boolean => (read(path)?.version ?? null) === expected;
  const replace = async ({ path, body }: PublicDocument, expected: string | null): Promise<void> => {
    const file = join(folder, path);
    if (!isExpected(path, expected)) throw publishConflict(file);
    const done =
      expected === null ? await files.create(file, body) : await files.replace(file, body, () => isExpected(path, expected));
    if (!done) throw publishConflict(file);
  };
  const lock = {
    folders: [() => lockFolder],
    name: `publish-${sha256Hex(resolve(folder)).slice(0, 32)}.lock`,
    purpose: `brevet publishes in ${folder}`,
    patienceSeconds: LOCK_PATIENCE_SECONDS,
  };
  return {
    destination: folder,
    placeOf: (path) => join(folder, path),
    read: async (path) => read(path),
    replace: (document, expected) => withFileLock(privateFiles(), lock, () => replace(document, expected)),
  };
}

function versionOf(body: string): string {
  return sha256Hex(body);
}
