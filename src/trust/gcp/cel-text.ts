import { visibleJson } from "../../core/visible.ts";

/**
 * A text as CEL writes it: it can hold nothing that ends it, and all of it is to be seen. CEL has the escapes of JSON, but for a pair of
 * surrogates, which it writes as the one character that they are.
 *
 * @see CEL specification, "String and Bytes Values"
 */
export function celText(text: string): string {
  return visibleJson(text).replace(
    /\\\\|\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/g,
    (written, high?: string, low?: string) => {
      if (high === undefined || low === undefined) return written;
      const character = String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16));
      return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;
    },
  );
}
