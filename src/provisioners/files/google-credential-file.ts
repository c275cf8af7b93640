import type { DocumentKind } from "./documents.ts";

/**
 * `{ file, profile }`: a credential file of Google's, as a whole. It has no place for a mark: ours is one whose executable is
 * told the profile of the address.
 */
export const googleCredentialDocument: DocumentKind = {
  read(text, { address }) {
    if (text === "") return { state: null, owner: "nobody" };
    const isOurs = text.includes(` credential gcp --profile ${address["profile"]}"`);
    return { state: text, owner: isOurs ? "ours" : "theirs" };
  },
  edit: (_, __, state) => ({ text: state ?? "", gap: null }),
  saysSame: (one, other) => one === other,
};
