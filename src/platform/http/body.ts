import { AnswerBroken } from "./engine.ts";

/** Collects the parts of a body; refuses to grow above `maxBytes`, and to end at another length than was declared. */
export interface BodyCollector {
  /** @throws {AnswerBroken} `too-long` */
  add(part: Uint8Array): void;
  /** @throws {AnswerBroken} `cut-off`; `not-http` for a malformed length, or several (RFC 9112 §6.3). */
  finish(declaredLength: string | null): string;
}

/** A collector for one answer. Bytes that are not UTF-8 become U+FFFD: an error page in another charset still has its status. */
export function bodyCollector(maxBytes: number): BodyCollector {
  // As a stream: kept parts would be as many as the far side sends, one for each byte.
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  return {
    add(part) {
      length += part.length;
      if (length > maxBytes) throw new AnswerBroken("too-long");
      text += decoder.decode(part, { stream: true });
    },
    finish(declaredLength) {
      if (declaredLength !== null && !/^\d+$/.test(declaredLength)) throw new AnswerBroken("not-http");
      if (declaredLength !== null && Number(declaredLength) !== length) throw new AnswerBroken("cut-off");
      return text + decoder.decode();
    },
  };
}
