import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { cloudClients, GOOD_STS } from "./cloud-clients.ts";

/*
 * Each client of an endpoint is answered by an object with every member that any of them reads, all of one type that nobody asked for.
 * Whatever it makes of that, it is a fault of ours by name, or it says nothing of what was not there.
 */

const MEMBERS = [
  ...["name", "id", "appId", "value", "properties", "etag", "bindings", "uniqueId", "email", "services", "projectId", "state"],
  ...["access_token", "expires_in", "accessToken", "expireTime", "auth", "errors", "error", "error_description", "error_codes"],
  ...["oidc", "done", "generation", "displayName", "description", "tags", "location", "workloadIdentityPoolProviders"],
  ...["nextPageToken", "nextLink", "@odata.nextLink"],
];
const ODD: Readonly<Record<string, unknown>> = {
  "what is made a text by a member": { toString: 1, valueOf: 1 },
  "an empty object": {},
  "a list of what has no name": [{}, { toString: null }, null, 5],
  "an empty list": [],
  "a number": 5,
  "a number beyond all": 1e300,
  "a truth": true,
  nothing: null,
  "an empty text": "",
};
const STATUSES = [200, 400, 503];

let server: Server;
let base: string;
before(async () => {
  server = createServer((request, response) => {
    const [, first = "", index = ""] = (request.url ?? "").split("/");
    request.resume();
    if (first === GOOD_STS) {
      response.writeHead(200).end('{"access_token":"federated","expires_in":3600}');
      return;
    }
    const value = Object.values(ODD)[Number(index)];
    const body = JSON.stringify(Object.fromEntries(MEMBERS.map((member) => [member, value])));
    response.writeHead(Number(first), { "content-type": "application/json", etag: '"1"' }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

for (const [client, ask] of Object.entries(cloudClients(createHttp({ environment: {} }), () => base))) {
  describe(client, () => {
    for (const [index, what] of Object.keys(ODD).entries()) {
      test(`makes nothing up of members that are ${what}`, async () => {
        for (const status of STATUSES) {
          const told = await ask(`${base}/${status}/${index}`).then(
            (value) => JSON.stringify(value) ?? "",
            (cause: unknown) => {
              assert.ok(cause instanceof Fault, `${status}: ${cause instanceof Error ? cause.stack : cause}`);
              return JSON.stringify([cause.message, cause.hints]);
            },
          );
          assert.doesNotMatch(told, /\[object Object\]|undefined|"null"|NaN/, `${status}`);
        }
      });
    }
  });
}
