import type { EpochSeconds } from "../../core/time.ts";
import { ENDPOINTS } from "../../wire/brevet-api/endpoints.ts";
import { countedAs } from "../http/networks.ts";
import type { ServerSettings } from "../settings/settings.ts";
import { type RateLimiter, rateLimiter } from "./rate-limiter.ts";

/** Who may ask how often. Each counts one, and gives the seconds after which to ask again, or null within the limit. */
export interface RequestLimits {
  readonly limiter: RateLimiter;
  /** A request of an address, in IPv6 of its /64, and what it registers. */
  readonly ofAddress: (address: string, path: string) => number | null;
  /** An exchange of a person. */
  readonly ofPerson: (account: string) => number | null;
}

/** @param limited told of each request that was refused. */
export function requestLimits(
  { limits }: Pick<ServerSettings, "limits">,
  now: () => EpochSeconds,
  limited: () => void,
): RequestLimits {
  const limiter = rateLimiter(now);
  const answer = (within: boolean): number | null => {
    if (within) return null;
    limited();
    return limiter.retryAfterSeconds();
  };
  return {
    limiter,
    ofAddress(address, path) {
      const who = countedAs(address);
      const within = limiter.take(`address ${who}`, limits.requestsPerMinute);
      const registers = path === ENDPOINTS.registration && limits.registrationsPerMinute > 0;
      const mayRegister = !registers || limiter.take(`registration ${who}`, limits.registrationsPerMinute);
      return answer(within && mayRegister);
    },
    ofPerson: (account) => answer(limiter.take(`person ${account}`, limits.exchangesPerMinute)),
  };
}
