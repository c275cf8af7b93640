import { Fault } from "../../core/fault.ts";
import type { PublicKey } from "../../core/signer.ts";
import { type Discovery, parseDiscovery } from "../../wire/issuer-documents/discovery.ts";
import { type JwksEntry, parseJwks } from "../../wire/jwk/jwks.ts";

/** One document as its server gave it, whatever the status; no redirect was followed. */
export interface FetchedDocument {
  readonly url: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a verifier sees of an issuer. */
export interface FetchedIssuer {
  /** The `iss` of the tokens. */
  readonly issuer: string;
  readonly discovery: FetchedDocument;
  /** null if the discovery document leads to none. */
  readonly jwks: FetchedDocument | null;
}

/** A part that could be read, or why it could not. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** What the rules of the clouds look at. */
export interface IssuerFacts {
  readonly fetched: FetchedIssuer;
  readonly discovery: Reading<Discovery>;
  readonly keys: Reading<readonly JwksEntry[]>;
  /** The keys with which this device signs. */
  readonly ours: readonly PublicKey[];
  /** Every key that it has: during a rotation also the next one, or the replaced one. */
  readonly everyKey: readonly PublicKey[];
}

/** Reads what was fetched; what cannot be read becomes a problem that the rules tell. */
export function readIssuer(fetched: FetchedIssuer, ours: readonly PublicKey[], everyKey = ours): IssuerFacts {
  return {
    fetched,
    discovery: readDocument(fetched.discovery, parseDiscovery),
    keys: fetched.jwks === null ? { problem: "the discovery document leads to no JWKS" } : readDocument(fetched.jwks, parseJwks),
    ours,
    everyKey,
  };
}

function readDocument<T>(document: FetchedDocument, parse: (body: string, where: string) => T): Reading<T> {
  if (document.status !== 200) return { problem: `${document.url} answered ${document.status}` };
  try {
    return { value: parse(document.body, document.url) };
  } catch (cause) {
    if (cause instanceof Fault) return { problem: cause.message };
    throw cause;
  }
}
