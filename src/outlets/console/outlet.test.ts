import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeAwsCredentials } from "../../../test/contracts/outlet.ts";
import { Fault } from "../../core/fault.ts";
import type { HttpRequest, HttpResponse } from "../../core/http.ts";
import type { Environment } from "../../platform/paths.ts";
import { type ConsoleWish, consoleOutlet } from "./outlet.ts";

const WISH: ConsoleWish = { profile: "dev", destination: null, sessionSeconds: null, print: true, environment: {} };

async function deliver(answer: Partial<HttpResponse>, changes: Partial<ConsoleWish> = {}, credentials = fakeAwsCredentials()) {
  const requests: HttpRequest[] = [];
  const written: string[] = [];
  const outlet = consoleOutlet(
    { ...WISH, ...changes },
    {
      http: async () => async (request) => {
        requests.push(request);
        return { status: 200, headers: {}, body: "", ...answer };
      },
      clock: { now: () => 1_772_627_400, offsetSeconds: 0, learn: () => {} },
      output: (text) => written.push(text),
      say: () => {},
      openBrowser: async () => assert.fail("no browser is to be opened"),
    },
  );
  const fault = await outlet.deliver(credentials).then(
    () => null,
    (error: unknown) => error as Fault,
  );
  return { requests, written, fault };
}

const TOKEN = { body: '{"SigninToken":"fake+token/=="}' };
const endpointOf = async (environment: Environment, arn: string) =>
  (await deliver(TOKEN, { environment }, fakeAwsCredentials({ assumedRoleArn: arn, region: "" }))).requests[0]?.url;

describe("the address of a console's session", () => {
  it("is had for the three parts of the credentials, in the body alone", async () => {
    const { requests, written } = await deliver(TOKEN, { sessionSeconds: 28_800 });
    const [request] = requests;
    assert.equal(request?.method, "POST");
    assert.equal(request.url, "https://signin.aws.amazon.com/federation");
    assert.ok(typeof request.body === "string");
    const form = new URLSearchParams(request.body);
    assert.deepEqual([form.get("Action"), form.get("SessionDuration")], ["getSigninToken", "28800"]);
    assert.deepEqual(JSON.parse(form.get("Session") ?? ""), {
      sessionId: "ASIAEXAMPLEEXAMPLE00",
      sessionKey: "fake/secret+access=key",
      sessionToken: "fake//session+token==",
    });
    const [url] = written.map((text) => new URL(text));
    assert.equal(`${url?.origin}${url?.pathname}`, "https://signin.aws.amazon.com/federation");
    assert.deepEqual(Object.fromEntries(url?.searchParams ?? []), {
      Action: "login",
      Destination: "https://console.aws.amazon.com/console/home?region=eu-west-1",
      SigninToken: "fake+token/==",
    });
  });

  it("asks for no duration unless one is wanted", async () => {
    const { requests } = await deliver(TOKEN);
    assert.equal(new URLSearchParams(String(requests[0]?.body)).has("SessionDuration"), false);
  });

  for (const [arn, host] of [
    ["arn:aws-cn:sts::123456789012:assumed-role/dev/laptop", "signin.amazonaws.cn"],
    ["arn:aws-us-gov:sts::123456789012:assumed-role/dev/laptop", "signin.amazonaws-us-gov.com"],
    ["arn:aws-eusc:sts::123456789012:assumed-role/dev/laptop", "eusc-de-east-1.signin.amazonaws-eusc.eu"],
  ] as const) {
    it(`is had at ${host} for a role of its partition`, async () => {
      assert.equal(await endpointOf({}, arn), `https://${host}/federation`);
    });
  }

  it("is had where the variables of AWS's tools say", async () => {
    const arn = "arn:aws:sts::123456789012:assumed-role/dev/laptop";
    const both = { AWS_ENDPOINT_URL: "https://all.example/", AWS_ENDPOINT_URL_SIGNIN: "https://signin.example/aws/" };
    assert.equal(await endpointOf({ AWS_ENDPOINT_URL: "https://all.example/" }, arn), "https://all.example/federation");
    assert.equal(await endpointOf(both, arn), "https://signin.example/aws/federation");
    const ignored = { ...both, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
    assert.equal(await endpointOf(ignored, arn), "https://signin.aws.amazon.com/federation");
  });

  it("is asked for over TLS alone: the secret key itself is sent", async () => {
    const arn = "arn:aws:sts::123456789012:assumed-role/dev/laptop";
    const { fault, requests } = await deliver(TOKEN, { environment: { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" } });
    assert.ok(fault instanceof Fault);
    assert.deepEqual([fault.code, requests], ["URL_INVALID", []]);
    assert.equal(await endpointOf({ AWS_ENDPOINT_URL: "https://all.example/x/?a=b#c" }, arn), "https://all.example/x/federation");
  });

  for (const [what, answer, code] of [
    ["the endpoint refuses", { status: 400, body: "<html>Bad Request</html>" }, "EXCHANGE_REFUSED"],
    ["something else answers", { status: 200, body: "<html>log in to the network</html>" }, "RESPONSE_INVALID"],
    ["the answer holds no token", { status: 200, body: "{}" }, "RESPONSE_INVALID"],
    ["the token would write into a terminal", { status: 200, body: '{"SigninToken":"a\\u001b]0;x\\u0007"}' }, "RESPONSE_INVALID"],
  ] as const) {
    it(`is none where ${what}`, async () => {
      const { fault, written } = await deliver(answer, { sessionSeconds: 3600 });
      assert.ok(fault instanceof Fault);
      assert.equal(fault.code, code);
      assert.deepEqual(written, []);
    });
  }
});
