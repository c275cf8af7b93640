import type { PublicDocument, Publisher } from "../core/publisher.ts";

/**
 * Makes a document what is published under its path, and writes nothing when it is that already.
 *
 * For copies of our own, where the last writer is right; a document that others change too is merged instead.
 *
 * @returns whether something was written.
 * @throws {Fault} `PUBLISH_CONFLICT` if another program wrote it in that moment.
 */
export async function putDocument(publisher: Publisher, document: PublicDocument): Promise<boolean> {
  const present = await publisher.read(document.path);
  if (present?.body === document.body) return false;
  await publisher.replace(document, present?.version ?? null);
  return true;
}
