/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** What asks for the next one; null on the last. */
  readonly next: string | null;
}

/** How much of a list is asked for, as the query says it; null for what it does not say. */
export interface PageWish {
  readonly size: string | null;
  readonly token: string | null;
  /** How many items a page has by default, and at most. */
  readonly sizes: { readonly usual: number; readonly most: number };
}

/** The page of `all` that is asked for; null if the token or the size is not valid. */
export function pageOf<T>(all: readonly T[], { size, token, sizes }: PageWish): Page<T> | null {
  const start = token === null || token === "" ? 0 : startOf(token);
  const wanted = Number(size ?? 0);
  if (start === null || !Number.isSafeInteger(wanted) || wanted < 0) return null;
  const end = start + Math.min(wanted === 0 ? sizes.usual : wanted, sizes.most);
  return { items: all.slice(start, end), next: end < all.length ? tokenOf(end) : null };
}

/** Opaque, so that no client makes its own. */
function tokenOf(start: number): string {
  return Buffer.from(`from ${start}`).toString("base64url");
}

function startOf(token: string): number | null {
  const start = /^from (\d{1,9})$/.exec(Buffer.from(token, "base64url").toString())?.[1];
  return start === undefined ? null : Number(start);
}
