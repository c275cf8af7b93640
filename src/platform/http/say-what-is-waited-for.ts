import type { Http } from "../../core/http.ts";

/** A request is mentioned after this time. Most are over before, and a person who waits longer wonders why. */
const QUIET_MS = 2000;

/**
 * Requests that say which host they wait for, if one takes longer than two seconds.
 *
 * @param said the hosts of which that was said already: once is enough in a run.
 */
export function sayWhatIsWaitedFor(http: Http, say: (text: string) => void, said: Set<string>): Http {
  const tell = (host: string): void => {
    if (!said.has(host)) say(`waiting for ${host}`);
    said.add(host);
  };
  return async (request) => {
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const begin = (): void => {
      if (!over) timer = setTimeout(tell, QUIET_MS, new URL(request.url).host);
    };
    // Until a late body is there, the wait is for its maker: a chip, or a person's touch.
    if (typeof request.body === "object") request.body.text().then(begin, () => undefined);
    else begin();
    try {
      return await http(request);
    } finally {
      over = true;
      clearTimeout(timer);
    }
  };
}
