import { Fault } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json-object.ts";

/** Each page of a list names the next one. A list with more pages than this is taken to have no end. */
const MOST_PAGES = 100;

/** A list of an API that administers a cloud. */
export interface PagedList {
  /** The permission that reads it, as the cloud calls that, for messages. */
  readonly action: string;
  /** The member in which a page names the next one. The last page has none, or an empty one. */
  readonly next: "nextPageToken" | "nextLink" | "@odata.nextLink";
  /** Asks for the page that the one before it named; `""` is the first. @returns null if the list is not there. */
  ask(next: string): Promise<JsonObject | null>;
}

/**
 * All pages of a list. Whoever looks at the first alone would make again what is on a later one.
 *
 * @returns null if the list is not there.
 * @throws {Fault} `RESPONSE_INVALID` for a list without an end, or a page whose next one cannot be read; what `ask` raises.
 */
export async function allPages({ action, next, ask }: PagedList): Promise<readonly JsonObject[] | null> {
  const pages: JsonObject[] = [];
  for (let wanted = ""; pages.length < MOST_PAGES; ) {
    const page = await ask(wanted);
    if (page === null) return null;
    pages.push(page);
    const following = page[next] ?? "";
    if (following === "") return pages;
    if (typeof following !== "string") throw unreadableList(action, `its \`${next}\` is not a text`);
    wanted = following;
  }
  throw unreadableList(action, `it goes on after ${MOST_PAGES} pages`);
}

/** The fault of a list whose next page cannot be asked for. */
export function unreadableList(action: string, why: string): Fault {
  return new Fault("RESPONSE_INVALID", `the list in the answer to ${action} cannot be read to its end: ${why}`, {
    hints: ["see whether a proxy stands before it"],
    details: { action },
  });
}
