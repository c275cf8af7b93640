import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { NO_PAUSES } from "../../../test/no-pauses.ts";
import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import { createHttp } from "../../platform/http/create-http.ts";
import { type AwsClients, awsClients } from "./clients.ts";
import { awsProvisioner } from "./provisioner.ts";

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
  try {
    await withVariables(variables, () => work(awsClients({ region: "us-gov-west-1", http: createHttp({ environment: {} }) })));
  } finally {
    server.close();
  }
  return asked;
}

/** The SDK reads its credentials and endpoints from the environment by itself. */
async function withVariables(variables: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void> {
  const former = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    for (const [name, value] of former) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
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
      [[200, "<html>Please sign in</html>"], "RESPONSE_INVALID"],
      [
        [200, "<?xml version='1.0'?>\n<!-- portal -->\n<!DOCTYPE html><html><body>Please sign in</body></html>"],
        "RESPONSE_INVALID",
      ],
      [[200, "Please sign in"], "RESPONSE_INVALID"],
      [[200, ""], "RESPONSE_INVALID"],
      [[302, ""], "RESPONSE_INVALID"],
      [[200, "<GetCallerIdentityResponse></GetCallerIdentityResponse>"], "RESPONSE_INVALID"],
      [[200, IDENTITY.replace("123456789012</Account>", "12345</Account>")], "RESPONSE_INVALID"],
    ] as const) {
      const asked = await againstAnswers([answer], async ({ caller }) => {
        await assert.rejects(caller(), (fault) => {
          assert.ok(fault instanceof Fault);
          assert.equal(fault.code, code);
          if (code === "RESPONSE_INVALID") assert.match(fault.hints.join(), /a proxy or a login page/);
          return true;
        });
      });
      assert.equal(asked, 1, code);
    }
  });

  it("take away what a record says of no account, and nothing of another account", async () => {
    const absent = refusal("ValidationError");
    const step = {
      id: "aws-stack",
      does: "create the stack",
      kind: "aws-stack",
      owner: "nobody",
      before: null,
      after: "{}",
    } as const;
    const place = { region: "us-gov-west-1", stack: "brevet-infra", owner: "laptop-k3v9q2x7ab" };
    await againstAnswers(
      [
        [200, IDENTITY],
        [400, absent],
      ],
      async (clients) => {
        const provisioner = awsProvisioner({ clients: () => clients, tempo: NO_PAUSES });
        await provisioner.undo({ ...step, address: { ...place, account: "" } }, {});
        const elsewhere = { ...step, address: { ...place, account: "210987654321" } };
        await assert.rejects(provisioner.undo(elsewhere, {}), { code: "ACCOUNT_MISMATCH" });
      },
    );
  });

  it("do not take a page for what became of a stack", async () => {
    const page: Answer = [200, "<html>Please sign in</html>"];
    const resource = {
      kind: "aws-stack",
      address: { account: "123456789012", region: "x", stack: "brevet-infra", owner: "laptop" },
    };
    await againstAnswers([[200, IDENTITY], page], async (clients) => {
      const provisioner = awsProvisioner({ clients: () => clients, tempo: NO_PAUSES });
      await assert.rejects(provisioner.read(resource), { code: "RESPONSE_INVALID" });
    });
  });

  it("ask once where AWS is silent, and say which call it was and what to look at", async () => {
    let asked = 0;
    const http: Http = async ({ deadlineMs }) => {
      asked += 1;
      assert.equal(deadlineMs, 30_000);
      const cause = Object.assign(new Error("aborted"), { name: "TimeoutError", code: "ETIMEDOUT" });
      throw new Fault("NETWORK_TIMEOUT", "sts.eu-west-1.amazonaws.com did not answer in time", { cause });
    };
    await withVariables({ AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret" }, () =>
      assert.rejects(awsClients({ region: "eu-west-1", http }).caller(), (fault) => {
        assert.ok(fault instanceof Fault);
        assert.equal(fault.code, "NETWORK_TIMEOUT");
        assert.match(fault.message, /^sts:GetCallerIdentity: /);
        assert.match(fault.hints.join(), /`curl --head https:\/\/sts\.eu-west-1\.amazonaws\.com`/);
        return true;
      }),
    );
    assert.equal(asked, 1);
  });
});
