import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { decodeBase64url, encodeBase64url } from "../jwt/base64url.ts";

/*
 * The documents by which a device proves where its key is: JSON, each with a word that says which one it is, and bytes in base64url.
 * None holds a secret of the device.
 */

/** What a document is made of. */
export interface DocumentForm<Member extends string> {
  /** Its `brevet`: no two forms have the same. */
  readonly word: string;
  /** What it is called in messages. */
  readonly title: string;
  readonly members: readonly Member[];
}

/** More than any of them has: a certificate of a piece of hardware is below 3 kB. */
const MAX_CHARACTERS = 64 * 1024;

export function encodeDocument<Member extends string>(
  { word, members }: DocumentForm<Member>,
  document: Readonly<Record<Member, Uint8Array>>,
): string {
  const encoded = members.map((member) => [member, encodeBase64url(document[member])]);
  return `${JSON.stringify({ brevet: word, ...Object.fromEntries(encoded) }, null, 2)}\n`;
}

/** @throws {Fault} `ATTESTATION_REFUSED` for anything else than {@link encodeDocument} makes. */
export function parseDocument<Member extends string>(
  { word, title, members }: DocumentForm<Member>,
  text: string,
): Readonly<Record<Member, Uint8Array>> {
  const fields = fieldsOf(text);
  if (fields?.["brevet"] !== word) throw notOurs(title);
  const read = members.map((member) => {
    const value = fields[member];
    const bytes = typeof value === "string" ? decodeBase64url(value) : null;
    if (bytes === null) throw new Fault("ATTESTATION_REFUSED", `the ${title} has no "${member}"`);
    return [member, bytes];
  });
  // Every member of the form was read above.
  return Object.fromEntries(read) as Record<Member, Uint8Array>;
}

/** Which kind of document a text is. @throws {Fault} `ATTESTATION_REFUSED` for any other text. */
export function documentWord(text: string, title: string): string {
  const word = fieldsOf(text)?.["brevet"];
  if (typeof word !== "string") throw notOurs(title);
  return word;
}

/** @param title of the document that it should be. */
export function notOurs(title: string): Fault {
  return new Fault("ATTESTATION_REFUSED", `the ${title} is not one that brevet made`);
}

function fieldsOf(text: string): ReturnType<typeof parseJsonObject> {
  return text.length > MAX_CHARACTERS ? null : parseJsonObject(text);
}
