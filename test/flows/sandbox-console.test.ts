import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { awsConsoleService } from "../../src/sandbox/aws-console/service.ts";
import { makeKeyPair, openSessionSeal, type RoleSession } from "../../src/sandbox/aws-sts/role-session.ts";
import { openSeal } from "../../src/sandbox/seal.ts";
import { requestWith } from "../contracts/sandbox-service.ts";

const NOW = 1_800_000_000;
const folder = mkdtempSync(join(tmpdir(), "brevet-console-"));
after(() => rmSync(folder, { recursive: true }));
const sessions = openSessionSeal(folder);
const at = (now: number) => awsConsoleService({ sessions, seal: openSeal(folder, "aws console"), now: () => now });

const SESSION: RoleSession = {
  partition: "aws",
  accountId: "123456789012",
  roleName: "dev",
  roleId: "AROAEXAMPLE",
  sessionName: "laptop",
  roleArn: "arn:aws:iam::123456789012:role/dev",
  ...makeKeyPair(),
  issuedAt: NOW,
  expiresAt: NOW + 3600,
  isChained: false,
  sourceIdentity: null,
  tags: {},
  transitiveTagKeys: [],
  sessionPolicy: null,
  sessionPolicyArns: [],
};

function sessionJson(changes: Partial<RoleSession> = {}, said: Readonly<Record<string, string>> = {}): string {
  const session = { ...SESSION, ...changes };
  const keys = { sessionId: session.accessKeyId, sessionKey: session.secretAccessKey, sessionToken: sessions.seal(session) };
  return JSON.stringify({ ...keys, ...said });
}

async function getToken(Session: string, more: Readonly<Record<string, string>> = {}) {
  const body = new URLSearchParams({ Action: "getSigninToken", Session, ...more }).toString();
  const { answer, record } = await at(NOW).answer(requestWith({ path: "/federation", body }));
  return {
    status: answer.status,
    code: record.code,
    token: answer.status === 200 ? String(JSON.parse(answer.body).SigninToken) : "",
  };
}

async function signIn(SigninToken: string, Destination = "https://console.aws.amazon.com/s3/home", now = NOW) {
  const query = new URLSearchParams({ Action: "login", Destination, SigninToken }).toString();
  const { answer, record } = await at(now).answer(requestWith({ method: "GET", path: "/federation", query }));
  return { ...answer, code: record.code };
}

describe("the console of the sandbox", () => {
  it("signs a browser in whose token it made for the keys of a role session", async () => {
    const { token } = await getToken(sessionJson());
    const { status, headers } = await signIn(token);
    assert.deepEqual([status, headers["location"]], [302, "/console"]);
    const cookie = headers["set-cookie"]?.split(";")[0] ?? "";
    const look = async (now: number, value: string) =>
      (await at(now).answer(requestWith({ method: "GET", path: "/console", headers: new Map([["cookie", [value]]]) }))).answer;
    assert.match((await look(NOW + 3599, cookie)).body, /assumed-role\/dev\/laptop.*s3\/home/);
    assert.equal((await look(NOW + 3600, cookie)).status, 400);
    assert.equal((await look(NOW, `sandbox-console=${encodeURIComponent(token)}`)).status, 400);
    assert.equal((await look(NOW, "")).status, 400);
  });

  for (const [what, session, more, code] of [
    ["another session's secret", sessionJson({}, { sessionKey: makeKeyPair().secretAccessKey }), {}, "InvalidCredentials"],
    ["another session's id", sessionJson({}, { sessionId: "ASIAEXAMPLEEXAMPLE00" }), {}, "InvalidCredentials"],
    ["a token of its own making", sessionJson({}, { sessionToken: "x" }), {}, "InvalidCredentials"],
    ["what is no JSON", "{", {}, "InvalidCredentials"],
    ["credentials that have ended", sessionJson({ expiresAt: NOW }), {}, "InvalidCredentials"],
    ["a session of 14 minutes", sessionJson(), { SessionDuration: "899" }, "InvalidSessionDuration"],
    ["a session of 13 hours", sessionJson(), { SessionDuration: "43201" }, "InvalidSessionDuration"],
    [
      "a longer session of a chained role",
      sessionJson({ isChained: true }),
      { SessionDuration: "3600" },
      "InvalidSessionDuration",
    ],
  ] as const) {
    it(`gives no token for ${what}`, async () => {
      const got = await getToken(session, more);
      assert.deepEqual([got.status, got.code], [400, code]);
    });
  }

  it("takes a session of 12 hours, and a chained role as it is", async () => {
    assert.equal((await getToken(sessionJson(), { SessionDuration: "43200" })).status, 200);
    assert.equal((await getToken(sessionJson({ isChained: true }))).status, 200);
  });

  it("signs nobody in by a token that is over, is none, or leads elsewhere", async () => {
    const { token } = await getToken(sessionJson());
    assert.equal((await signIn(token, undefined, NOW + 899)).status, 302);
    assert.equal((await signIn(token, undefined, NOW + 900)).code, "InvalidToken");
    assert.equal((await signIn(`${token}x`)).code, "InvalidToken");
    assert.equal((await signIn(token, "https://console.aws.amazon.com.example/")).code, "InvalidDestination");
  });
});
