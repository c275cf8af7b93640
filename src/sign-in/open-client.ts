import {
  allowInsecureRequests,
  type Configuration,
  clockSkew,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from "openid-client";
import type { Http } from "../core/http.ts";
import type { Clock } from "../core/time.ts";
import { fetchThrough } from "./fetch-through-http.ts";
import type { Provider } from "./provider.ts";
import { translated } from "./provider-faults.ts";

/** What a client of a provider is made of, beside its settings. */
export interface ClientParts {
  readonly http: Http;
  readonly clock: Pick<Clock, "now" | "offsetSeconds">;
}

/**
 * A client of the provider, with its metadata fetched and checked. Signatures of ID tokens are verified although they come
 * by TLS from the provider: who can answer for the token endpoint must not be able to name whom he likes.
 *
 * @throws {Fault} `PROVIDER_MISMATCH`, `PROVIDER_UNFIT`, a fault of the network.
 * @see OpenID Connect Discovery 1.0 §4
 */
export async function openClient(provider: Provider, { http, clock }: ClientParts): Promise<Configuration> {
  const server = new URL(provider.issuer);
  // The Http port refuses plain http to any other machine.
  const insecure = server.protocol === "http:" ? [allowInsecureRequests] : [];
  const metadata = { [clockSkew]: clock.offsetSeconds };
  return translated(provider, () =>
    discovery(server, provider.clientId, metadata, None(), {
      [customFetch]: fetchThrough(http),
      execute: [...insecure, enableNonRepudiationChecks],
    }),
  );
}
