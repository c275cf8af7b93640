/** What imports keys: `crypto.subtle`. */
export type KeyImporter = Pick<typeof crypto.subtle, "importKey">;

type Key = ReturnType<KeyImporter["importKey"]>;

/** So many machines may prove their keys in turns before one is imported again. */
const MOST_KEYS = 5000;
/** The JWK of an RSA key of 4,096 bits takes some 760 characters. */
const LONGEST_NAME = 1024;

const remembering = new WeakSet<KeyImporter>();

/**
 * Remembers the public keys that were imported to verify with. Each proof brings its key along, whose import takes longer than
 * the rest of the proof, and a machine uses the same key for months. The provider's validator has no place for a memory, so this
 * one wraps the import and leaves the validator as it is: the same key gives the same import. An import that failed is not
 * remembered.
 *
 * @see RFC 9449 §4.3
 */
export function rememberPublicKeys(importer: KeyImporter): void {
  if (remembering.has(importer)) return;
  remembering.add(importer);
  const imports = importer.importKey;
  const importAnew = (request: readonly unknown[]): Key => Reflect.apply(imports, importer, request);
  const known = new Map<string, Key>();
  const importKey = (...request: readonly unknown[]): Key => {
    const name = nameOf(request);
    if (name === null) return importAnew(request);
    const found = known.get(name);
    if (found !== undefined) return found;
    const key = importAnew(request);
    if (known.size >= MOST_KEYS) known.clear();
    known.set(name, key);
    key.catch(() => known.delete(name));
    return key;
  };
  Object.defineProperty(importer, "importKey", { value: importKey, configurable: true });
}

/** Everything that decides what an import gives; null for anything but a public key to verify with. */
function nameOf([format, jwk, algorithm, extractable, usages]: readonly unknown[]): string | null {
  if (format !== "jwk" || !Array.isArray(usages) || usages.length !== 1 || usages[0] !== "verify") return null;
  const name = JSON.stringify([jwk, algorithm, extractable]);
  return name.length <= LONGEST_NAME ? name : null;
}
