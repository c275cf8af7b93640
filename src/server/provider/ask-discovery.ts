import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { ENDPOINTS } from "../../wire/brevet-api/endpoints.ts";

/** Has the provider put its discovery document together, by a request of our own that comes from no network. */
export async function askDiscovery(
  issuer: string,
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
): Promise<void> {
  const { host, protocol } = new URL(issuer);
  const request = new IncomingMessage(new Socket());
  request.method = "GET";
  request.url = ENDPOINTS.discovery;
  request.headers = { host, accept: "application/json", "x-forwarded-proto": protocol.slice(0, -1) };
  await serve(request, new ServerResponse(request));
}
