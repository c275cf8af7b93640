import type { CustomFetch } from "openid-client";
import type { Http, HttpRequest } from "../core/http.ts";

/** Statuses whose answers have no body, and for which `Response` takes none. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/** The library's requests, sent through the Http port: its proxies, certificate authorities, deadlines and limits hold for them. */
export function fetchThrough(http: Http): CustomFetch {
  return async (url, { method, headers, body }) => {
    const answer = await http({
      method: method as HttpRequest["method"],
      url,
      headers,
      ...(body === undefined || body === null ? {} : { body: textOf(body) }),
    });
    return new Response(WITHOUT_BODY.has(answer.status) ? null : answer.body, { status: answer.status, headers: answer.headers });
  };
}

function textOf(body: object | string): string {
  if (typeof body === "string" || body instanceof URLSearchParams) return body.toString();
  throw new TypeError("a request of OAuth has a form or a text as its body");
}
