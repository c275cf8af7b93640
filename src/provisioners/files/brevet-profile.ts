import { parse } from "jsonc-parser";
import type { Resource } from "../../setup/plan.ts";
import { editConfig } from "../../wire/brevet-config/edit.ts";
import { parseConfig } from "../../wire/brevet-config/parse.ts";
import type { DocumentKind } from "./documents.ts";

/**
 * `{ file, profile }`: a profile of brevet's own config. Its state is its JSON. Nothing in it says whose it is: it is ours as
 * far as a record says so, and for whoever has no record it is theirs.
 */
export const brevetProfileDocument: DocumentKind = {
  read(text, resource) {
    const profile = find(text, resource);
    return profile === undefined
      ? { state: null, owner: "nobody" }
      : { state: JSON.stringify(profile, null, 2), owner: "theirs" };
  },
  edit(text, { address }, state) {
    const path = ["profiles", address["profile"] ?? ""];
    const edited = editConfig(text, path, state === null ? undefined : JSON.parse(state));
    parseConfig(edited, address["file"] ?? "");
    return { text: edited, gap: null };
  },
};

function find(text: string, { address }: Resource): unknown {
  parseConfig(text, address["file"] ?? "");
  const root: unknown = text.trim() === "" ? {} : parse(text, [], { allowTrailingComma: true });
  const { profiles } = root as { readonly profiles?: Readonly<Record<string, unknown>> };
  return profiles?.[address["profile"] ?? ""];
}
