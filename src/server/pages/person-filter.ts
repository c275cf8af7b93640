import { findPersonNamed } from "../people/person.ts";
import type { Reader } from "../store/database.ts";
import { type Html, html } from "./html.ts";

/** Whom a list is narrowed to by the parameter `person` of its page. */
export interface PersonFilter {
  /** As it was typed; empty: nobody was asked for. */
  readonly wanted: string;
  /** The id of the person who was meant; null: nobody was asked for, or there is no such person. */
  readonly person: string | null;
  /** What is said where there is no such person, and so nothing to show; null: there is. */
  readonly unknown: Html | null;
  /** The field for it, under that name. */
  field(label: string): Html;
}

/** Reads the parameter. */
export async function personFilter(reader: Reader, query: ReadonlyMap<string, string>): Promise<PersonFilter> {
  const wanted = (query.get("person") ?? "").trim();
  const found = wanted === "" ? null : await findPersonNamed(reader, wanted);
  const unknown = wanted === "" || found !== null ? null : html`<p role="alert">There is no person ${wanted}.</p>`;
  return {
    wanted,
    person: found?.id ?? null,
    unknown,
    field: (label) => html`<label>${label}
<input name="person" value="${wanted}" placeholder="alice@example.com" autocomplete="off" autocapitalize="none" spellcheck="false"></label>`,
  };
}
