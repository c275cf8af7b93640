import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { Provider } from "oidc-provider/lib/provider.js";
import { letGoOnceAnswered } from "./let-go.ts";

type Context = Parameters<typeof letGoOnceAnswered>[0];

describe("a context whose request is over", () => {
  const seen: Context[] = [];
  const provider = new Provider("http://localhost", {
    adapter: class {
      find = async () => undefined;
    } as never,
    jwks: { keys: [] },
    features: { devInteractions: { enabled: false } },
  });
  // One path is served only once its client has gone.
  provider.use(async (context, next) => {
    seen.push(context);
    if (context.path === "/left") await once(context.res, "close");
    await next();
  });
  const serve = provider.callback();
  const server = createServer(async (request, response) => {
    await serve(request, response);
    const context = seen.at(-1);
    assert.equal(context?.req, request, "let go before it was served");
    if (context !== undefined) letGoOnceAnswered(context, response);
    server.emit("served");
  });
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** What still leads to the request. */
  const held = (): string[] => {
    const context = seen.at(-1) ?? assert.fail("none was served");
    const values = Object.entries({ ...context, ...(context["oidc"] as object | undefined) });
    const leads = (value: unknown): boolean =>
      typeof value === "object" && value !== null && ["req", "request", "socket", "ctx"].some((name) => name in value);
    return values.filter(([, value]) => value !== provider && leads(value)).map(([name]) => name);
  };

  before(async () => void (await once(server.listen(0, "127.0.0.1"), "listening")));
  after(() => void server.close());

  for (const path of ["/.well-known/openid-configuration", "/nothing"])
    test(`holds nothing of it: ${path}`, async () => {
      const answered = new Promise((closed) =>
        server.once("request", (_, response) => response.once("close", () => setImmediate(closed))),
      );
      await (await fetch(`${url()}${path}`)).text();
      await answered;
      assert.deepEqual(held(), []);
    });

  test("holds it until it was served, though its client has left", async () => {
    const served = once(server, "served");
    const leaving = get(`${url()}/left`);
    leaving.on("error", () => undefined);
    await once(server, "request");
    leaving.destroy();
    await served;
    assert.deepEqual(held(), []);
  });
});
