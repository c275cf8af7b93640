import { parse } from "jsonc-parser";
import type { Resource } from "../../setup/plan.ts";
import { editConfig } from "../../wire/brevet-config/edit.ts";
import { parseConfig } from "../../wire/brevet-config/parse.ts";
import type { DocumentKind } from "./documents.ts";

/** `{ file, profile }`: a profile of brevet's own config. */
export const brevetProfileDocument = entryDocument("profiles", "profile");

/** `{ file, identity }`: an identity of brevet's own config. */
export const brevetIdentityDocument = entryDocument("identities", "identity");

/**
 * An entry of brevet's own config. Its state is its JSON. Nothing in it says whose it is: it is ours as far as a record says
 * so, and for whoever has no record it is theirs.
 */
function entryDocument(section: "profiles" | "identities", name: "profile" | "identity"): DocumentKind {
  const find = (text: string, { address }: Resource): unknown => {
    parseConfig(text, address["file"] ?? "");
    const root: unknown = text.trim() === "" ? {} : parse(text, [], { allowTrailingComma: true });
    const entries = (root as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>)[section];
    return entries?.[address[name] ?? ""];
  };
  return {
    read(text, resource) {
      const entry = find(text, resource);
      return entry === undefined ? { state: null, owner: "nobody" } : { state: JSON.stringify(entry, null, 2), owner: "theirs" };
    },
    edit(text, { address }, state) {
      const path = [section, address[name] ?? ""];
      const edited = editConfig(text, path, state === null ? undefined : JSON.parse(state));
      parseConfig(edited, address["file"] ?? "");
      return { text: edited, gap: null };
    },
  };
}
