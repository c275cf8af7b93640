import { Fault } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json-object.ts";

/** Lists come in pages, each of which names the one after it. A list with more of them than this has no end. */
const MOST_PAGES = 100;

/** A list of an API that administers a cloud. */
export interface PagedList {
  /** As the cloud's permissions name it, for messages. */
  readonly action: string;
  /** The member in which a page names the next one. The last page has none, or an empty one. */
  readonly next: "nextPageToken" | "nextLink" | "@odata.nextLink";
  /** Asks for a page by what the one before it said; for the first one by nothing. @returns null for what is not there. */
  ask(next: string): Promise<JsonObject | null>;
}

/**
 * All pages of a list: what is on a later one is there as much, and what looks at the first alone would make it again.
 *
 * @returns null for what is not there.
 * @throws {Fault} `RESPONSE_INVALID` for a list without an end, or with a page that names no other in any readable way; what `ask` raises.
 */
export async function allPages({ action, next, ask }: PagedList): Promise<readonly JsonObject[] | null> {
  const pages: JsonObject[] = [];
  for (let wanted = ""; pages.length < MOST_PAGES; ) {
    const page = await ask(wanted);
    if (page === null) return null;
    pages.push(page);
    const following = page[next] ?? "";
    if (following === "") return pages;
    if (typeof following !== "string") throw unreadableList(action, `its \`${next}\` is no text`);
    wanted = following;
  }
  throw unreadableList(action, `it goes on after ${MOST_PAGES} pages`);
}

/** The fault of a list whose next page cannot be asked for. */
export function unreadableList(action: string, why: string): Fault {
  return new Fault("RESPONSE_INVALID", `the list that was answered to ${action} cannot be read to its end: ${why}`, {
    hints: ["see whether a proxy stands before it"],
    details: { action },
  });
}
