import { Fault } from "../core/fault.ts";
import type { PublicDocument, PublishedDocument, Publisher } from "../core/publisher.ts";

/**
 * Makes a document what is published under its path, and writes nothing when it is that already.
 *
 * In a copy of our own the last writer is right: it is written over, even if what is there is damaged or too large to be
 * read. In a folder that others may change too, only what was read is replaced.
 *
 * @returns whether something was written.
 * @throws {Fault} `PUBLISH_CONFLICT` if another program wrote it in that moment, in a folder that is not our own.
 */
export async function putDocument(publisher: Publisher, document: PublicDocument): Promise<boolean> {
  if (publisher.overwrite !== undefined) {
    if ((await readIfPossible(publisher, document.path))?.body === document.body) return false;
    await publisher.overwrite(document);
    return true;
  }
  const present = await publisher.read(document.path);
  if (present?.body === document.body) return false;
  await publisher.replace(document, present?.version ?? null);
  return true;
}

async function readIfPossible(publisher: Publisher, path: string): Promise<PublishedDocument | null> {
  try {
    return await publisher.read(path);
  } catch (cause) {
    if (cause instanceof Fault && (cause.code === "FILE_UNSAFE" || cause.code === "FILE_UNREADABLE")) return null;
    throw cause;
  }
}
