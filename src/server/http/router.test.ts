import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "./route.ts";
import { createRouter } from "./router.ts";

function route(method: Route["method"], path: string): Route {
  return { method, path, answer: async () => ({ status: 200 }) };
}

const ROUTES = [route("GET", "/"), route("GET", "/people"), route("GET", "/people/:id"), route("DELETE", "/people/:id")];

test("a path leads to its route, with its parameters decoded; HEAD is answered as GET", () => {
  const router = createRouter(ROUTES);
  assert.deepEqual(router("GET", "/"), { kind: "route", route: ROUTES[0], parameters: {} });
  assert.deepEqual(router("HEAD", "/people/a%40b%2Fc"), { kind: "route", route: ROUTES[2], parameters: { id: "a@b/c" } });
  assert.deepEqual(router("DELETE", "/people/%zz"), { kind: "route", route: ROUTES[3], parameters: { id: "%zz" } });
});

test("a path of other methods names them, and any other leads nowhere", () => {
  const router = createRouter(ROUTES);
  assert.deepEqual(router("POST", "/people/1"), { kind: "method", allowed: ["GET", "DELETE"] });
  for (const path of ["/nobody", "/people/", "/people/1/", "/people/1/2", "//people", "people"])
    assert.deepEqual(router("GET", path), { kind: "none" }, path);
});

test("two routes for one path, and one that would take every path, are a mistake", () => {
  assert.throws(() => createRouter([...ROUTES, route("GET", "/people/:name")]), TypeError);
  assert.throws(() => createRouter([route("GET", "/:anything")]), TypeError);
});
