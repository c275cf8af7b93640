import { isJsonObject, readOwnJson } from "../../core/json-object.ts";
import { editConfig } from "../../wire/brevet-config/edit.ts";
import { memberOf, readConfigText, saysSameConfig } from "./config-text.ts";
import type { DocumentKind } from "./documents.ts";

/** `{ file, profile }`: a profile of brevet's own config. */
export const brevetProfileDocument = entryDocument("profiles", "profile");

/** `{ file, identity }`: an identity of brevet's own config. */
export const brevetIdentityDocument = entryDocument("identities", "identity");

/**
 * An entry of brevet's own config. Its state is its JSON. Nothing in it says whose it is: it is ours if a record says so, and
 * otherwise the user's.
 */
function entryDocument(section: "profiles" | "identities", name: "profile" | "identity"): DocumentKind {
  return {
    read(text, { address }) {
      const entries = readConfigText(text, address["file"] ?? "")[section];
      const entry = memberOf(entries, address[name] ?? "");
      return entry === undefined ? { state: null, owner: "nobody" } : { state: JSON.stringify(entry, null, 2), owner: "theirs" };
    },
    edit(text, { address }, state) {
      const file = address["file"] ?? "";
      const entry = address[name] ?? "";
      const entries = readConfigText(text, file)[section];
      const isLast = state === null && isJsonObject(entries) && Object.keys(entries).every((other) => other === entry);
      const edited = isLast
        ? editConfig(text, [section], undefined)
        : editConfig(text, [section, entry], state === null ? undefined : readOwnJson(state));
      readConfigText(edited, file);
      return { text: edited, gap: null };
    },
    saysSame: saysSameConfig,
  };
}
