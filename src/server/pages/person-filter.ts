import type { Reader } from "../store/database.ts";
import { type Html, html } from "./html.ts";

/** Whom a list is narrowed to by the parameter `person` of its page. */
export interface PersonFilter<Found> {
  /** As it was typed; empty: nobody was asked for. */
  readonly wanted: string;
  /** The person who was meant; null: nobody was asked for, or there is no such person. */
  readonly found: Found | null;
  /** What is said where there is no such person, and so nothing to show; null: there is. */
  readonly unknown: Html | null;
  /** The field for it, under that name. */
  field(label: string): Html;
}

/** Reads the parameter. @param find who has that id or e-mail address */
export async function personFilter<Found>(
  reader: Reader,
  query: ReadonlyMap<string, string>,
  find: (reader: Reader, wanted: string) => Promise<Found | null>,
): Promise<PersonFilter<Found>> {
  const wanted = (query.get("person") ?? "").trim();
  const found = wanted === "" ? null : await find(reader, wanted);
  const unknown = wanted === "" || found !== null ? null : html`<p role="alert">There is no person ${wanted}.</p>`;
  return {
    wanted,
    found,
    unknown,
    field: (label) => html`<label>${label}
<input name="person" value="${wanted}" placeholder="alice@example.com" autocomplete="off" autocapitalize="none" spellcheck="false"></label>`,
  };
}
