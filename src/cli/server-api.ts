import type { HttpRequest, HttpResponse } from "../core/http.ts";

/** A login server's API, called as the person who is signed in there. */
export interface ServerApi {
  /** Of the config. */
  readonly identity: string;
  readonly url: string;
  /** Sends a request below {@link url}, with the session's access token and a proof by the session's key. */
  send(request: Omit<HttpRequest, "url"> & { readonly path: string }): Promise<HttpResponse>;
  /** Has the person use their key, now. */
  signIn(): Promise<void>;
}
