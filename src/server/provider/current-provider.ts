import type { Provider } from "oidc-provider";
import { type KeySet, keySetVersion, loadKeySet } from "../keys/key-set.ts";
import type { Unit } from "../store/unit.ts";
import { askDiscovery } from "./ask-discovery.ts";
import { createProvider } from "./create-provider.ts";
import { type CountDocument, type Documents, publicDocuments } from "./documents.ts";
import type { ProviderParts } from "./provider-parts.ts";
import { rememberPublicKeys } from "./remember-public-keys.ts";
import { type ServeProvider, serveProvider } from "./serve-provider.ts";

/** The provider that serves now. A change of the keys puts another in its place, between two requests. */
export interface CurrentProvider {
  provider(): Provider;
  keys(): KeySet;
  readonly serve: ServeProvider;
  /** Sends a public document of the present keys, if that is asked for. */
  readonly sendDocument: Documents["send"];
  /** The discovery document and the JWK set of the present keys. */
  readonly publicDocuments: Documents["all"];
  /**
   * Looks whether the key set has changed, here or by another instance, or a key's time to sign has come.
   *
   * @returns whether there is a new provider now.
   * @throws {Fault} `KEY_ABSENT`, `SERVER_KEY_FOREIGN`, `DATABASE_UNAVAILABLE`; the old provider goes on.
   */
  refresh(): Promise<boolean>;
}

interface Serving {
  readonly keys: KeySet;
  readonly provider: Provider;
  readonly serve: ServeProvider;
  readonly documents: Documents;
}

/** Loads the keys and makes the first provider. @throws {Fault} as {@link CurrentProvider.refresh} */
export async function openProvider(
  parts: Omit<ProviderParts, "keys"> & { readonly openUnit: () => Unit },
  headers: Readonly<Record<string, string>>,
  countDocument: CountDocument,
): Promise<CurrentProvider> {
  const { reader, seal, now } = parts;
  rememberPublicKeys(crypto.subtle);
  const make = async (): Promise<Serving> => {
    const keys = await loadKeySet(reader, seal, now());
    const provider = createProvider({ ...parts, keys });
    const documents = publicDocuments(keys, headers, countDocument);
    const serve = serveProvider(provider, { keepDiscovery: documents.keepDiscovery, pages: parts.pages });
    await askDiscovery(parts.settings.issuer, (request, response) => serve(request, response, parts.openUnit()));
    return { keys, provider, documents, serve };
  };
  let serving = await make();
  return {
    provider: () => serving.provider,
    keys: () => serving.keys,
    sendDocument: (request, response) => serving.documents.send(request, response),
    publicDocuments: () => serving.documents.all(),
    // A request that has begun ends with the provider that it began with.
    serve: (request, response, unit) => serving.serve(request, response, unit),
    async refresh() {
      const { version, changesAt } = serving.keys;
      const isDue = changesAt !== null && changesAt <= now();
      if (!isDue && (await keySetVersion(reader)) === version) return false;
      serving = await make();
      return true;
    },
  };
}
