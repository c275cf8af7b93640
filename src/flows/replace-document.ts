import { Fault } from "../core/fault.ts";
import { publishConflict } from "../core/publish-conflict.ts";
import type { PublicDocument, PublishedDocument, Publisher } from "../core/publisher.ts";

/** How often a document is read and merged again after someone else changed it in between: each time, one of them is done. */
const ATTEMPTS = 20;

/** What becomes of a document that others change too. */
export interface Replacement {
  readonly make: (present: PublishedDocument | null) => Promise<PublicDocument>;
  /** Whether what is read back still holds what was written. */
  readonly holds: (present: PublishedDocument | null) => boolean;
}

/**
 * Replaces a document by what `make` makes of the present one, and reads it back: neither the changes of others nor ours are
 * lost.
 *
 * @throws {Fault} `PUBLISH_CONFLICT` when others change it all the time; what `make` and the publisher raise.
 */
export async function replaceUntilWritten(
  destination: Publisher,
  path: string,
  { make, holds }: Replacement,
): Promise<{ document: PublicDocument; changed: boolean }> {
  let changed = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const present = await destination.read(path);
    const document = await make(present);
    if (present?.body === document.body) return { document, changed };
    if (!(await replaced(destination, document, present))) continue;
    changed = true;
    if (holds(await destination.read(path))) return { document, changed };
  }
  throw publishConflict(destination.placeOf(path), "all the time");
}

async function replaced(destination: Publisher, document: PublicDocument, present: PublishedDocument | null): Promise<boolean> {
  try {
    await destination.replace(document, present?.version ?? null);
    return true;
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "PUBLISH_CONFLICT") return false;
    throw cause;
  }
}
