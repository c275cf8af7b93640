import type { EpochSeconds } from "../../core/time.ts";
import type { KeySet } from "../keys/key-set.ts";
import type { Seal } from "../keys/seal.ts";
import type { SignAside } from "../keys/sign-aside.ts";
import type { RulesNow } from "../rules/stored-rules.ts";
import type { ServerSettings } from "../settings/settings.ts";
import type { VersionedReader } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import type { ProviderPages } from "./pages.ts";

/** What the OpenID provider is made of. */
export interface ProviderParts {
  readonly settings: ServerSettings;
  readonly keys: KeySet;
  readonly sign: SignAside;
  readonly seal: Seal;
  readonly reader: VersionedReader;
  readonly pages: ProviderPages;
  /** Collects the end of the session that a browser with these cookies has of our own pages. */
  readonly endPageSession: (unit: Unit, issuer: string, cookies: ReadonlyMap<string, string>) => void;
  readonly rules: RulesNow;
  /** Counts an exchange of a person. @returns after how many seconds to ask again; null: it is within the limit. */
  readonly limitExchanges: (account: string) => number | null;
  readonly now: () => EpochSeconds;
}
