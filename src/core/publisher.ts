/** A document of an issuer as it is served: discovery or JWKS. */
export interface PublicDocument {
  /** Below the issuer URL, without a leading slash: `.well-known/openid-configuration`, `keys.json`. */
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly body: string;
}

/** What is published now; `version` is opaque (an ETag, a digest) and goes back into {@link Publisher.replace}. */
export interface PublishedDocument {
  readonly body: string;
  readonly version: string;
}

/**
 * The Publisher port: puts an issuer's documents where a verifier looks, by compare-and-swap, so that two
 * administrators cannot undo each other's change without one of them being told.
 */
export interface Publisher {
  /** Where the documents go, for messages: `/srv/issuer`, `s3://bucket/prefix`. */
  readonly destination: string;
  /** Where the document of that path goes, as its host writes it: `/srv/issuer/keys.json`. */
  placeOf(path: string): string;
  read(path: string): Promise<PublishedDocument | null>;
  /**
   * Writes a document if what is there is still `expected`; null: only if nothing is there.
   *
   * @throws {Fault} `PUBLISH_CONFLICT`, made by `publishConflict`; `FILE_UNWRITABLE` or the host's own refusal.
   */
  replace(document: PublicDocument, expected: string | null): Promise<void>;
  /**
   * Writes a document whatever is there, even what cannot be read. Only copies of our own have it: there the last writer is
   * right, and nothing of others can be lost.
   */
  overwrite?(document: PublicDocument): Promise<void>;
}
