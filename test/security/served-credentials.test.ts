import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { noStranger, STRANGER } from "../another-user.ts";
import { programUnderTest } from "../scripts/program.ts";
import { type Home, openHome } from "../scripts/run-script.ts";

/*
 * The promise: what `exec --serve` hands out at an address of this machine, it hands out to the program that it runs. The secret is in
 * that program's environment and nowhere else that another user could look, and the address ends with the program.
 */

const ISSUER = "https://id.example.com/laptop";

/** Tells its environment, then lives until its standard input ends. */
const PROGRAM = "env; echo END; cat >/dev/null";

let home: Home;
before(async () => {
  home = openHome(programUnderTest());
  const run = async (command: string): Promise<string> => {
    const { exit, stdout, stderr } = await home.run(command);
    assert.equal(exit, 0, `${command}: ${stderr}`);
    return stdout;
  };
  await run(`brevet init laptop --issuer ${ISSUER} --signer software`);
  await run("brevet issuer generate && brevet issuer publish --to published");
  await home.background(`brevet sandbox start --ready-file ready --issuer ${ISSUER}=./published`);
  const { identities } = JSON.parse(await run("brevet status --json")) as { identities: readonly { subject: string }[] };
  await run(`brevet sandbox trust --issuer ${ISSUER} --subject ${identities[0]?.subject} --role dev`);
  Object.assign(home.variables, JSON.parse(await run("brevet sandbox env --shell json")));
});
after(() => home.close());

interface Served {
  readonly brevet: ChildProcess;
  readonly url: string;
  readonly secret: string;
  /** What brevet has said so far. */
  said(): string;
  /** Has the program end, and brevet with it. */
  end(): Promise<void>;
}

async function serve(): Promise<Served> {
  const words = ["exec", "--serve", "--role", "arn:aws:iam::123456789012:role/dev", "--", "sh", "-c", PROGRAM];
  const brevet = spawn("brevet", words, { cwd: home.folder, env: home.variables });
  let [told, said] = ["", ""];
  brevet.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  for await (const text of brevet.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    told += String(text);
    if (told.includes("\nEND\n")) break;
  }
  const variable = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(told)?.[1] ?? "";
  assert.equal(variable("AWS_ACCESS_KEY_ID"), "", said);
  return {
    brevet,
    url: variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    secret: variable("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    said: () => said,
    async end() {
      brevet.stdin.end();
      await once(brevet, "exit");
    },
  };
}

async function refusal(url: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  return error.code ?? "";
}

/** Every file below a folder, as text. */
function contents(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

describe("credentials that exec serves", () => {
  test("go to the program, and the secret is in no argument, no file and no message", async () => {
    const served = await serve();
    const { url, secret, brevet } = served;
    assert.equal(Buffer.from(secret, "base64url").length, 32);
    const answer = await fetch(url, { headers: { authorization: secret } });
    const credentials = (await answer.json()) as Record<string, string>;
    assert.match(credentials["AccessKeyId"] ?? "", /^ASIA/);
    const processes = spawnSync("ps", ["-eww", "-o", "args"], { encoding: "utf8" }).stdout;
    assert.ok(processes.includes("--serve"));
    for (const word of [secret, credentials["SecretAccessKey"] ?? "", credentials["Token"] ?? ""]) {
      assert.ok(word.length > 20);
      assert.ok(!processes.includes(word));
      assert.ok(!contents(home.folder).includes(word));
      assert.ok(!served.said().includes(word));
    }
    assert.ok(brevet.pid !== undefined);
    await served.end();
  });

  test("are nothing to another user, who can neither guess the secret nor read it", { skip: noStranger() }, async () => {
    const served = await serve();
    const ask = `fetch(${JSON.stringify(served.url)}).then(async (r) => console.log(r.status, await r.text()))`;
    const script = `${ask}.then(() => fs.readFileSync("/proc/${served.brevet.pid}/environ")).catch((e) => console.log(e.code))`;
    const child = spawn(process.execPath, ["-e", script], { uid: STRANGER, gid: STRANGER, cwd: "/", env: {} });
    const [told] = await Promise.all([child.stdout.setEncoding("utf8").toArray(), once(child, "exit")]);
    assert.equal(told.join(""), "403 this address is for one program only\n\nEACCES\n");
    for (const pid of childrenOf(served.brevet.pid ?? 0)) {
      const read = spawnSync("cat", [`/proc/${pid}/environ`], { uid: STRANGER, gid: STRANGER, encoding: "utf8" });
      assert.deepEqual([read.status, read.stdout], [1, ""]);
    }
    await served.end();
  });

  test("end with the program", async () => {
    const served = await serve();
    await served.end();
    assert.equal(await refusal(served.url), "ECONNREFUSED");
  });

  test("end when brevet is killed", async () => {
    const served = await serve();
    served.brevet.kill("SIGKILL");
    served.brevet.stdin?.end();
    await once(served.brevet, "exit");
    assert.equal(await refusal(served.url), "ECONNREFUSED");
  });

  test("are not served beside others that the program would take instead", async () => {
    for (const [file, text] of [
      [".aws/credentials", "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n"],
      [".aws/config", "[default]\nregion = eu-west-1\nsso_session = work\n"],
      [".aws/credentials", "[ default ]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n"],
    ] as const) {
      home.write(file, text);
      const { exit, stdout, stderr } = await home.run("brevet exec --serve --role arn:aws:iam::123456789012:role/dev -- env");
      assert.deepEqual([exit, stdout], [2, ""]);
      assert.match(stderr, /CREDENTIALS_SHADOWED/);
      home.write(file, "[default]\nregion = eu-west-1\n[profile other]\naws_access_key_id = AKIAEXAMPLE\n");
    }
    assert.equal((await home.run("brevet exec --serve --role arn:aws:iam::123456789012:role/dev -- true")).exit, 0);
  });
});

function childrenOf(pid: number): readonly string[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  const pids = stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  assert.ok(pids.length > 0);
  return pids;
}
