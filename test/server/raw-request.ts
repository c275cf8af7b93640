import { request as plainRequest } from "node:http";

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** A request as no well-behaved client sends it: any path, any header. */
export function rawRequest(url: string, path: string, options: RawRequest = {}): Promise<RawAnswer> {
  return new Promise((answered, failed) => {
    const outgoing = plainRequest(
      {
        host: "127.0.0.1",
        port: new URL(url).port,
        path,
        method: options.method ?? "GET",
        headers: { ...options.headers },
        agent: false,
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () => answered({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    outgoing.on("error", failed);
    outgoing.end(options.body);
  });
}
