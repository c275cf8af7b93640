import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { type TestContext, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import { awsExchange } from "../../src/exchanges/aws/aws-exchange.ts";
import { parseAwsOptions } from "../../src/exchanges/aws/options.ts";
import { callCloud } from "../../src/platform/http/call-cloud.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { systemTempo } from "../../src/platform/tempo.ts";
import { type Scripted, scriptedServer, stsError, stsSuccess } from "./aws-exchange-servers.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z") / 1000;
const TOKEN = "eyJhbGciOiJFUzI1NiJ9.visibly-fake.token";
const OPTIONS = { roleArn: "arn:aws:iam::123456789012:role/dev", region: "eu-west-1" };

/** A token that a signer gives, or fails to give, when somebody says so. */
function signing() {
  let give = (): void => undefined;
  let fail = (): void => undefined;
  const value = new Promise<Secret<string>>((resolve, reject) => {
    give = () => resolve(new Secret("assertion", TOKEN));
    fail = () => reject(new Fault("SIGNER_FAILED", "the chip gave up"));
  });
  value.catch(() => undefined);
  const proof = {
    kind: "assertion",
    identity: "laptop",
    assertion: { form: "jwt", value, length: TOKEN.length, audience: "sts.amazonaws.com", expiresAt: NOW + 300 },
  } as const;
  return { proof, give: () => give(), fail: () => fail() };
}

function exchangeAt(endpointUrl: string) {
  return awsExchange({
    options: parseAwsOptions({ ...OPTIONS, endpointUrl }, placeIn(null, "profiles.dev.aws")),
    http: createHttp({ environment: {} }),
    clock: { now: () => NOW, offsetSeconds: 0, learn: () => assert.fail("an exchange does not teach the clock itself") },
    environment: {},
    warn: (line) => assert.fail(line),
    subject: "laptop-abcdefghij",
    tempo: { ...systemTempo, pause: async () => {} },
  });
}

/** STS, which is told of each connection. */
async function sts(t: TestContext, onConnection: (count: number, hangUp: () => void) => void) {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    seen.push(Buffer.concat(parts).toString());
    response.end((stsSuccess("AssumeRoleWithWebIdentity") as { body: string }).body);
  });
  let count = 0;
  server.on("connection", (socket) => onConnection(++count, () => socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen, connections: () => count };
}

const isFault = (code: string) => (cause: unknown) => cause instanceof Fault && cause.code === code;

test("a token that comes later is sent once", async (t) => {
  const { proof, give } = signing();
  const cloud = await sts(t, () => {});
  setImmediate(give);
  assert.equal((await exchangeAt(cloud.url).redeem(proof)).kind, "aws");
  assert.equal(cloud.connections(), 1);
  assert.deepEqual(
    cloud.seen.map((body) => new URLSearchParams(body).get("WebIdentityToken")),
    [TOKEN],
  );
});

test("a cloud that hangs up is called again with the finished token", async (t) => {
  const { proof, give } = signing();
  const cloud = await sts(t, (count, hangUp) => {
    if (count === 1) hangUp();
  });
  setImmediate(give);
  assert.equal((await exchangeAt(cloud.url).redeem(proof)).kind, "aws");
  assert.equal(cloud.connections(), 2);
  assert.equal(cloud.seen.length, 1);
});

test("a signer that fails ends the request, and its fault is the one that is raised", async (t) => {
  const { proof, fail } = signing();
  const cloud = await sts(t, () => {});
  setImmediate(fail);
  await assert.rejects(exchangeAt(cloud.url).redeem(proof), isFault("SIGNER_FAILED"));
  assert.deepEqual(cloud.seen, []);
});

test("a signer's fault is raised also where the cloud cannot be reached", async () => {
  const gone = createSocketServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => gone.once("listening", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const failing = signing();
  setImmediate(failing.fail);
  await assert.rejects(exchangeAt(`http://127.0.0.1:${port}/`).redeem(failing.proof), isFault("SIGNER_FAILED"));
  const signed = signing();
  setImmediate(signed.give);
  await assert.rejects(exchangeAt(`http://127.0.0.1:${port}/`).redeem(signed.proof), isFault("NETWORK_UNREACHABLE"));
});

test("what reads the answer is loaded when the connection is being made and the token is there", async () => {
  const { proof, give } = signing();
  const order: string[] = [];
  const answer = await callCloud(
    {
      service: "STS",
      cloud: "AWS",
      keepsTime: true,
      subject: "a role",
      endpoint: "https://sts.example/",
      place: placeIn(null, "profiles.dev.aws"),
      proof: proof.assertion,
      request: async (text) => ({ method: "POST", body: text }),
      secrets: [],
      async reader() {
        order.push("loads");
        return ({ body }) => ({ kind: "result", value: body });
      },
      advise: () => assert.fail("nothing is refused"),
      endpointHints: { loopback: () => "", unknownName: "", foreign: "" },
    },
    {
      async http() {
        // As where a proxy is looked for first.
        await null;
        order.push("connects");
        await new Promise((resolve) => setImmediate(resolve));
        order.push("signs");
        give();
        return { status: 200, headers: {}, body: "credentials" };
      },
      clock: { now: () => NOW, offsetSeconds: 0, learn: () => assert.fail("an exchange does not teach the clock itself") },
      tempo: systemTempo,
    },
  );
  assert.equal(answer, "credentials");
  assert.deepEqual(order, ["connects", "signs", "loads"]);
});

test("a refusal that repeats the token does not show it, also where the token came late", async (t) => {
  const { proof, give } = signing();
  const refusal: Scripted = stsError(400, "ValidationError", `you sent ${TOKEN}`, { date: new Date(NOW * 1000).toUTCString() });
  const cloud = await scriptedServer(t, refusal);
  setImmediate(give);
  await assert.rejects(exchangeAt(cloud.url).redeem(proof), (cause) => {
    assert.ok(cause instanceof Fault && cause.code === "EXCHANGE_REFUSED");
    return !JSON.stringify([cause.message, cause.details]).includes("visibly-fake");
  });
});
