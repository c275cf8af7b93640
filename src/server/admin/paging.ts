import { PAGE_ROWS } from "../../wire/brevet-api/admin/values.ts";
import type { PageWish } from "../store/page.ts";

/** Which part of a list a query asks for. */
export function wishOf({
  cursor,
  limit,
}: {
  readonly cursor?: string | undefined;
  readonly limit?: string | undefined;
}): PageWish {
  return { cursor, limit: limit === undefined ? PAGE_ROWS.usual : Number(limit) };
}
