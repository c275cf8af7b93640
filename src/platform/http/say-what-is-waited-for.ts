import type { Http } from "../../core/http.ts";

/** How long a request is quiet. Most are over by then, and who waits longer wonders for what. */
const QUIET_MS = 3000;

/** Requests that say which host they wait for, if one takes longer than three seconds. */
export function sayWhatIsWaitedFor(http: Http, say: (text: string) => void): Http {
  return async (request) => {
    const timer = setTimeout(() => say(`waiting for ${new URL(request.url).host}`), QUIET_MS);
    try {
      return await http(request);
    } finally {
      clearTimeout(timer);
    }
  };
}
