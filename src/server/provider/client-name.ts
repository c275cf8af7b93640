import * as errors from "oidc-provider/lib/helpers/errors.js";
import { isVisibleName, seenOf } from "../../core/visible.ts";

/**
 * Checks the name that a client registers with, which people read among other names.
 *
 * @throws {errors.InvalidClientMetadata} for invisible characters, several lines, or nothing.
 */
export function checkClientName(name: unknown): void {
  if (typeof name === "string" && !isVisibleName(name))
    throw new errors.InvalidClientMetadata("client_name has to be one line of characters that can be seen");
}

/**
 * Checks the name of a client that registers itself: it is not called as brevet is, which people let in without a look.
 *
 * @throws {errors.InvalidClientMetadata}
 */
export function checkStrangersName(name: unknown): void {
  checkClientName(name);
  if (typeof name !== "string") return;
  const letters = name.normalize("NFKD").toLowerCase();
  if (/brevet/.test(letters.replace(/[^a-z]/g, "")))
    throw new errors.InvalidClientMetadata("client_name has to be another than brevet's own");
  // A Cyrillic е is not an e. @see UTS #39 §5.1
  if (/\p{Script=Latin}/u.test(letters) && /(?!\p{Script=Latin})\p{L}/u.test(letters))
    throw new errors.InvalidClientMetadata("client_name has to be of one script");
}

/** What a client has said that it is called, and its id. */
interface NamedClient {
  readonly clientId: string;
  readonly clientName?: string | undefined;
}

const LONGEST = 60;

/**
 * What people read where they decide about a client. One without a name, or with one of blanks, is known by its id: a page that asked
 * whether to let "" in would have them guess. A client could push what the page says out of sight by a name without end.
 */
export function nameOf({ clientId, clientName = "" }: NamedClient): string {
  const name = seenOf(clientName) || clientId;
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}
