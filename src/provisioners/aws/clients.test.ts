import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { createHttp } from "../../platform/http/create-http.ts";
import { type AwsClients, awsClients } from "./clients.ts";

const IDENTITY =
  "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws-us-gov:iam::123456789012:user/admin</Arn><UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const refusal = (code: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

type Answer = readonly [status: number, body: string];

/** AWS that gives these answers, the last one for ever. @returns how often it was asked. */
async function againstAnswers(answers: readonly Answer[], work: (clients: AwsClients) => Promise<void>): Promise<number> {
  let asked = 0;
  const server = createServer((_request, response) => {
    const [status, body] = answers[Math.min(asked, answers.length - 1)] ?? [500, ""];
    asked += 1;
    response.writeHead(status, { "content-type": "text/xml" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const variables = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret" };
  const former = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    await work(awsClients({ region: "us-gov-west-1", http: createHttp({ environment: {} }) }));
  } finally {
    for (const [name, value] of former) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    server.close();
  }
  return asked;
}

describe("the clients of an account", () => {
  it("wait when AWS is throttling, and read whose credentials they are", async () => {
    const asked = await againstAnswers(
      [
        [400, refusal("Throttling")],
        [503, refusal("ServiceUnavailable")],
        [200, IDENTITY],
      ],
      async ({ caller }) => {
        const { accountId, partition } = await caller();
        assert.deepEqual([accountId, partition], ["123456789012", "aws-us-gov"]);
      },
    );
    assert.equal(asked, 3);
  });

  it("tell refusals, credentials that are none, and what is no answer of AWS apart", async () => {
    for (const [answer, code] of [
      [[403, refusal("AccessDenied")], "ADMIN_REFUSED"],
      [[403, refusal("ExpiredToken")], "ADMIN_ABSENT"],
      [[400, refusal("InvalidClientTokenId")], "ADMIN_ABSENT"],
      [[400, refusal("ValidationError")], "RESOURCE_FAILED"],
      [[404, "<html>nothing here</title>"], "RESPONSE_INVALID"],
    ] as const) {
      const asked = await againstAnswers([answer], async ({ caller }) => {
        await assert.rejects(caller(), { code });
      });
      assert.equal(asked, 1, code);
    }
  });
});
