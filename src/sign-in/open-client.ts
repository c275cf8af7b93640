import {
  allowInsecureRequests,
  type Configuration,
  clockSkew,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from "openid-client";
import type { Http } from "../core/http.ts";
import type { RandomBytes } from "../core/random.ts";
import type { Tempo } from "../core/tempo.ts";
import type { Clock } from "../core/time.ts";
import { authenticateClient } from "./authenticate-client.ts";
import { fetchThrough } from "./fetch-through-http.ts";
import type { KeptDocuments } from "./kept-documents.ts";
import { provingPossession } from "./prove-possession.ts";
import type { Provider } from "./provider.ts";
import { translated } from "./provider-faults.ts";

/** What a client of a provider is made of, besides its settings. */
export interface ClientParts {
  readonly http: () => Promise<Http>;
  readonly clock: Pick<Clock, "now" | "offsetSeconds">;
  readonly documents: KeptDocuments;
  readonly random: RandomBytes;
  readonly tempo?: Tempo;
}

/**
 * A renewal that nobody waits for uses what the provider said within the last day. Providers keep a retired key published for as
 * long as its tokens live, and seldom replace one in less than a day.
 */
const KEPT_SECONDS = { kept: 86_400, current: 0 } as const;

/**
 * Longer than any clock is wrong: the times of ID tokens are judged by `read-tokens.ts`. By a wrong clock the library would throw away
 * the answer to a renewal, which comes only once.
 */
const ANY_TIME_SECONDS = 100 * 365 * 86_400;

/**
 * A client of the provider, with its metadata checked. Signatures of ID tokens are verified although they come by TLS from the
 * provider: whoever controls the token endpoint must not be able to sign in as any person.
 *
 * @param age `current`: the provider is asked whether its metadata and its keys have changed.
 * @throws {Fault} `PROVIDER_MISMATCH`, `PROVIDER_UNFIT`, a fault of the network.
 * @see OpenID Connect Discovery 1.0 §4
 */
export async function openClient(
  provider: Provider,
  age: keyof typeof KEPT_SECONDS,
  { http, clock, documents, random, tempo }: ClientParts,
): Promise<Configuration> {
  const server = new URL(provider.issuer);
  // The Http port refuses plain http to any other machine.
  const insecure = server.protocol === "http:" ? [allowInsecureRequests] : [];
  const now = (): number => clock.now();
  const { proofKey: key, authentication = { method: "none" } } = provider;
  const client = await authenticateClient(authentication, await http(), { now, random });
  const reach = key === undefined ? client.http : provingPossession(client.http, { key, now, random });
  const fetch = fetchThrough({ http: reach, documents, now, keptSeconds: KEPT_SECONDS[age], tempo });
  // RFC 8705 §5: with a certificate, the endpoints that ask for one.
  const mutual = authentication.method === "tls_client_auth" ? { use_mtls_endpoint_aliases: true } : {};
  const settings = { [clockSkew]: clock.offsetSeconds, [clockTolerance]: ANY_TIME_SECONDS, ...mutual };
  return translated(provider, () =>
    discovery(server, provider.clientId, settings, client.authenticate, {
      [customFetch]: fetch,
      execute: [...insecure, enableNonRepudiationChecks],
    }),
  );
}
