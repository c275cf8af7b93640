import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { after, before, test } from "node:test";
import { calculateJwkThumbprint, decodeJwt, type JWK } from "jose";
import { Fault } from "../../../src/core/fault.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { softwareSigners } from "../../../src/signers/software/signer.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { openBench, settingsFor } from "../../providers/sign-in-parts.ts";
import { PERSON } from "./glewlwyd.ts";
import { ACCOUNT, type GlewlwydWorld, HOST, openGlewlwydWorld } from "./glewlwyd-world.ts";

let world: GlewlwydWorld;
let subject: string;

before(async () => {
  world = await openGlewlwydWorld();
});
after(() => world?.close());

/** What the person does at Glewlwyd's own pages, until the browser has come back or the code is taken. */
async function signIn(): Promise<void> {
  await world.page.fill("#username", PERSON.username);
  await world.page.fill("#password", PERSON.password);
  await world.page.click("#loginbut");
  await goOn();
}

/** Also where it knows who is there. */
const goOn = (): Promise<void> => world.page.click("button[title='Continue to client application']");

async function signedInPage(): Promise<void> {
  await world.page.waitForURL(/^http:\/\/127\.0\.0\.1:/);
  await world.page.locator("h1", { hasText: "Signed in" }).waitFor();
}

test("a person signs in at a fixed port, by a code that PKCE and a key of this machine protect", async () => {
  const login = world.brevet("login", "work", "--json");
  await world.page.goto(await world.opened.next());
  await signIn();
  await signedInPage();
  assert.equal(new URL(world.page.url()).port, String(world.ports[0]));
  const { status, stdout, stderr } = await login.ended;
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout) as { readonly subject: string; readonly label: string; readonly issuer: string };
  assert.equal(report.issuer, world.glewlwyd.issuer);
  assert.equal(report.label, "alice@example.com");
  ({ subject } = report);
});

test("the aws command gets credentials by the ES256 ID token, without the browser", async () => {
  world.trust(subject);
  const call = ["sts", "get-caller-identity", "--profile", "dev", "--query", "Arn", "--output", "text"];
  const { status, stdout, stderr } = await world.begin("aws", ...call).ended;
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim(), `arn:aws:sts::${ACCOUNT}:assumed-role/dev/${subject}`);
  assert.equal(world.opened.has(), false);
});

test("where the first port of the list is taken, the next one is used, and the browser still knows who is there", async () => {
  const squatter = await listenAt(world.ports[0]);
  try {
    const login = world.brevet("login", "work", "--json");
    await world.page.goto(await world.opened.next());
    await goOn();
    await signedInPage();
    assert.equal(new URL(world.page.url()).port, String(world.ports[1]));
    assert.equal(JSON.parse((await login.ended).stdout).subject, subject);
    const second = await listenAt(world.ports[1]);
    const { status, stderr } = await world.brevet("login", "work").ended;
    second.close();
    assert.equal(status, 1);
    assert.match(stderr, /SIGN_IN_PORT_TAKEN/);
  } finally {
    squatter.close();
  }
});

test("another port than the registered ones is refused by Glewlwyd, and Ctrl-C leaves nothing behind", async () => {
  const login = world.brevet("login", "any-port");
  const landing = await world.opened.next();
  const refusal = world.page.waitForResponse((answer) => answer.url().startsWith(world.glewlwyd.issuer));
  // Chromium calls an answer without a body no page.
  await assert.rejects(world.page.goto(landing));
  assert.equal((await refusal).status(), 403);
  login.child.kill("SIGINT");
  const { status, stderr } = await login.ended;
  assert.notEqual(status, 0, stderr);
  await nothingListens(new URL(landing).port);
});

test("a code is typed on another device", async () => {
  const login = world.brevet("login", "elsewhere", "--json");
  const [, url = "", code = ""] = await login.says(/open (https:\S+) and enter the code (\S+)/);
  await world.page.goto(url);
  await world.page.fill("input[placeholder='X1Y2-A3B4']", code);
  await world.page.click("button:text-is('OK')");
  await goOn();
  const { status, stdout, stderr } = await login.ended;
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).subject, subject);
});

test("tokens are bound to the key, renewed by it, and the renewal brings no ID token: a person is asked once the old one has ended", async () => {
  const signer = softwareSigners({ store: memoryStore() }).open({ identity: "client", options: {} });
  await signer.createKey("ES256");
  const key = (await signer.signingKey("ES256")) ?? assert.fail("no key");
  const settings = settingsFor({ issuer: world.glewlwyd.issuer, clientId: "browser" });
  const bench = openBench(
    {
      ...settings,
      scopes: ["openid"],
      authorizationParameters: {},
      redirect: { ...settings.redirect, ports: world.ports },
      proofKey: async () => key,
    },
    {
      http: async () =>
        createHttp({
          environment: {},
          caFile: world.caFile,
          resolve: [{ host: HOST, port: 443, address: "127.0.0.1", addressPort: world.glewlwyd.port }],
        }),
      asker: () => null,
      openBrowser: async (url) => {
        void world.page.goto(url).then(goOn);
        return true;
      },
    },
  );
  try {
    const first = await bench.session.tokens({ token: "access", minLifeSeconds: 60 });
    assert.equal(first.tokenType, "DPoP");
    assert.equal(first.idToken?.algorithm, "ES256");
    const { cnf } = decodeJwt<{ readonly cnf: { readonly jkt: string } }>(first.accessToken.reveal());
    assert.equal(cnf.jkt, await calculateJwkThumbprint(key.jwk as JWK));
    // More than any token of this provider lives.
    const longer = { minLifeSeconds: 400 } as const;
    const alone = bench.again({ person: "nobody" });
    const renewed = await alone.tokens({ token: "access", ...longer });
    assert.notEqual(renewed.accessToken.reveal(), first.accessToken.reveal());
    assert.equal(renewed.tokenType, "DPoP");
    assert.equal(renewed.idToken?.value.reveal(), first.idToken?.value.reveal());
    assert.equal((await bench.session.describe())?.renewable, false);
    bench.clock.ahead = 301;
    await assert.rejects(
      alone.tokens({ token: "id", minLifeSeconds: 60 }),
      (cause) => cause instanceof Fault && cause.code === "PERSON_ABSENT",
    );
  } finally {
    await bench.close();
  }
});

function listenAt(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** The process of the sign-in outlives its caller by moments. */
async function nothingListens(port: string): Promise<void> {
  for (;;) {
    const isOpen = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (!isOpen) return;
  }
}
