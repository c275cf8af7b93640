import * as v from "valibot";

/* What operations of the administrators' API have in common: values, pages of lists. */

/** Rows of a page when nobody says how many, and at most. */
export const PAGE_ROWS = { usual: 100, most: 200 } as const;

/** No parameters. */
export const NOTHING = v.strictObject({});

/** An instant, as answers have it. */
export const instant = v.pipe(v.string(), v.isoTimestamp(), v.description("UTC: `2026-03-04T12:30:00Z`."));

/** An e-mail address as it is sent; the server keeps it in small letters. */
export const email = v.pipe(
  v.string(),
  v.minLength(3),
  v.maxLength(254),
  v.description("An e-mail address: `alice@example.com`."),
);

/** What a person or a key is called, as it is sent. */
export const displayName = v.pipe(v.string(), v.minLength(1), v.maxLength(100), v.description("Any text of one line."));

/** The name of a group. */
export const groupName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "1 to 63 small letters, digits, `.`, `_` and `-`, with a letter or digit first"),
  v.description("Small letters, digits, `.`, `_` and `-`."),
);

/** What is said where administrators may shut themselves out. */
export const MYSELF = "Whether who asks knows that they name themselves. Default: false, and then they are refused.";

/** The same in a query. */
export const myself = v.optional(v.pipe(v.picklist(["true", "false"]), v.description(MYSELF)));

/** What every list takes. */
export const paging = {
  cursor: v.optional(v.pipe(v.string(), v.maxLength(2000), v.description("`next` of the page before. Default: the first page."))),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(?:[1-9]\d?|1\d\d|200)$/, `a number from 1 to ${PAGE_ROWS.most}`),
      v.description(`Rows, ${PAGE_ROWS.most} at most. Default: ${PAGE_ROWS.usual}.`),
    ),
  ),
};

/** A page of a list. */
export function page<Item extends v.GenericSchema>(item: Item) {
  return v.object({
    items: v.array(item),
    next: v.nullable(v.pipe(v.string(), v.description("The cursor of the next page; null: this is the last."))),
  });
}
