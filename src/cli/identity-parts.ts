import type { Http } from "../core/http.ts";
import type { JsonObject } from "../core/json-object.ts";
import type { Signer, SignerContext } from "../core/signer.ts";
import type { Store } from "../core/store.ts";
import type { Terminal } from "../core/terminal.ts";
import type { Clock } from "../core/time.ts";
import type { HttpOptions } from "../platform/http/create-http.ts";
import type { Environment, Paths } from "../platform/paths.ts";
import type { PrivateFiles } from "../platform/private-files.ts";
import type { Asking } from "./resolve-profile.ts";

/** What an identity is made of, besides its options. */
export interface IdentityParts {
  readonly clock: Clock;
  readonly paths: Paths;
  readonly signer: (kind: string, context: SignerContext<JsonObject>) => Promise<Signer>;
  readonly store: () => Promise<Store>;
  /** @param reach `metadataServices`: the plain HTTP of clouds' own machines too; `clientCertificate`: who we are to a host. */
  readonly http: (reach?: Pick<HttpOptions, "metadataServices" | "clientCertificate">) => Promise<Http>;
  readonly environment: Environment;
  readonly files: PrivateFiles;
  readonly terminal: Terminal;
  readonly asking: Asking;
  /** Whether this run may wait for a person for as long as a sign-in may take. */
  readonly isPatient: () => boolean;
}
