import type { HttpRequest, HttpResponse } from "../core/http.ts";

/** A login server's API, as who is signed in there calls it. */
export interface ServerApi {
  /** Of the config. */
  readonly identity: string;
  readonly url: string;
  /** Sends a request below {@link url}, with the session's access token and a proof by the session's key. */
  send(request: Omit<HttpRequest, "url"> & { readonly path: string }): Promise<HttpResponse>;
  /** Has the person use their key, now. */
  signIn(): Promise<void>;
}
