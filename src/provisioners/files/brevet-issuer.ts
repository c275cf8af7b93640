import { isJsonObject, type JsonObject, readOwnJson } from "../../core/json-object.ts";
import type { Resource } from "../../setup/plan.ts";
import { editConfig } from "../../wire/brevet-config/edit.ts";
import { memberOf, readConfigText, saysSameConfig } from "./config-text.ts";
import type { DocumentKind } from "./documents.ts";

/** What an identity of the config says of its issuer. */
interface IssuerEntry {
  readonly issuer?: string;
  /** Where its documents are published, in the words of `issuer publish --to`. */
  readonly publishedTo?: readonly string[];
}

/**
 * `{ file, identity }`: the issuer URL of an identity in brevet's own config, and where its documents are published. Its state
 * is the JSON of both. Nothing in it says whose it is, as with a profile.
 */
export const brevetIssuerDocument: DocumentKind = {
  read(text, resource) {
    const { issuer, publishedTo } = find(text, resource);
    if (issuer === undefined && publishedTo === undefined) return { state: null, owner: "nobody" };
    return { state: JSON.stringify({ issuer, publishedTo }), owner: "theirs" };
  },
  edit(text, { address }, state) {
    const wanted = entryOf(state);
    const identity = ["identities", address["identity"] ?? ""];
    const withIssuer = editConfig(text, [...identity, "issuer"], wanted.issuer);
    const { keys } = identityIn(text, address);
    const others = Object.keys(isJsonObject(keys) ? keys : {}).filter((key) => key !== "publishedTo");
    const isLast = wanted.publishedTo === undefined && others.length === 0;
    const edited = isLast
      ? editConfig(withIssuer, [...identity, "keys"], undefined)
      : editConfig(withIssuer, [...identity, "keys", "publishedTo"], wanted.publishedTo);
    readConfigText(edited, address["file"] ?? "");
    return { text: edited, gap: null };
  },
  saysSame: saysSameConfig,
  without(state, { before, after }) {
    const [present, former, made] = [entryOf(state), entryOf(before), entryOf(after)];
    const added = made.publishedTo?.filter((place) => !former.publishedTo?.includes(place)) ?? [];
    const isKnown = [undefined, former.issuer, made.issuer].includes(present.issuer);
    if (!isKnown && !added.some((place) => present.publishedTo?.includes(place))) return null;
    const issuer = present.issuer === made.issuer ? former.issuer : present.issuer;
    const publishedTo = present.publishedTo?.filter((place) => !added.includes(place)) ?? [];
    const isNothing = issuer === undefined && publishedTo.length === 0;
    const left = { issuer, publishedTo: publishedTo.length === 0 ? undefined : publishedTo };
    return { state: isNothing ? null : JSON.stringify(left) };
  },
};

function entryOf(state: string | null): IssuerEntry {
  return state === null ? {} : readOwnJson<IssuerEntry>(state);
}

function find(text: string, { address }: Resource): IssuerEntry {
  const { issuer, keys } = identityIn(text, address);
  const publishedTo = isJsonObject(keys) ? keys["publishedTo"] : undefined;
  return {
    ...(typeof issuer === "string" ? { issuer } : {}),
    ...(Array.isArray(publishedTo) ? { publishedTo: publishedTo.map(String) } : {}),
  };
}

function identityIn(text: string, { file = "", identity = "" }: Resource["address"]): JsonObject {
  const { identities } = readConfigText(text, file);
  const found = memberOf(identities, identity);
  return isJsonObject(found) ? found : {};
}
