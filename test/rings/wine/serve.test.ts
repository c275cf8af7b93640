import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { freePort } from "../../free-port.ts";
import { makeWindows, type Windows } from "./windows.ts";

let windows: Windows;
before(() => {
  windows = makeWindows();
});
after(() => windows?.end());

it("the login server serves from the executable for Windows, one on each database", { timeout: 60_000 }, async () => {
  const [first, other] = [`localhost:${await freePort()}`, `localhost:${await freePort()}`];
  const serve = (host: string): readonly string[] => [
    ...windows.executable,
    ...["serve", "--data", "C:\\work\\server", "--issuer", `http://${host}`, "--listen", host],
  ];
  windows.background(serve(first));
  assert.equal((await answered(`http://${first}/.well-known/openid-configuration`))["issuer"], `http://${first}`);
  const second = await windows.run(serve(other));
  assert.match(second.stderr, /another login server runs on C:\\work\\server\\\S+ \(process \d+\) \(SERVER_RUNNING\)/);
});

/** The answer of a server that may not listen yet. */
async function answered(url: string): Promise<Record<string, unknown>> {
  for (;;) {
    const response = await fetch(url).catch(() => null);
    if (response !== null) return (await response.json()) as Record<string, unknown>;
    await new Promise((done) => setTimeout(done, 50));
  }
}
