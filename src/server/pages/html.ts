/** Markup that is safe to send: made by {@link html} alone, which escapes what it is given. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | null | readonly Html[];

/**
 * Writes markup. Every text that is put into it is escaped, for the inside of an element and of a quoted attribute; markup that was
 * written in the same way is taken as it is. `null` is nothing.
 */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = template[0] ?? "";
  for (const [index, part] of parts.entries()) markup += markupOf(part) + (template[index + 1] ?? "");
  return { markup };
}

/** Text in which code stands between backticks. */
export function withCode(text: string): Html {
  const parts = text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
  return html`${parts}`;
}

/** Takes markup that the OpenID provider has written: its forms, whose fields it escapes itself. */
export function providerMarkup(markup: string): Html {
  // Its handlers would be refused by the policy of our pages, and each refusal be written to the browser's console.
  return { markup: markup.replace(/ onfocus="[^"]*"/g, "") };
}

function markupOf(part: Part): string {
  if (part === null) return "";
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
