import { type Html, html } from "./html.ts";

/** A form that the page's script sends in two steps around a ceremony with a key. */
export interface CeremonyForm {
  readonly ceremony: "create" | "get";
  /** The URL that gives the options, and the one that takes the answer. */
  readonly begin: string;
  readonly finish: string;
  readonly fields?: Html;
  readonly button: string;
  /** Whether what it does cannot be undone. Default: no. */
  readonly danger?: true;
}

/**
 * Writes the form. What goes wrong is said in it, and read out. The script enables the button once it listens: pressed before, a browser
 * would put what was typed into a URL.
 */
export function ceremonyForm({ ceremony, begin, finish, fields, button, danger }: CeremonyForm): Html {
  return html`<form data-ceremony="${ceremony}" data-begin="${begin}" data-finish="${finish}">
${fields ?? null}<p role="alert"></p><div class="choice"><button disabled${danger === true ? html` class="danger"` : null}>${button}</button></div>
<noscript><p class="bad">Keys need the script of this page: allow scripts of this site.</p></noscript></form>`;
}
