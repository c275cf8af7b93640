import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { programUnderTest } from "../../scripts/program.ts";
import { type Home, openHome } from "../../scripts/run-script.ts";

/* What the guide `with-your-tools` says of tools that sign on this machine, by the profile that setup wrote: here the `aws` command. */

const ISSUER = "https://id.example.com/laptop";
const ARN = /^arn:aws:sts::123456789012:assumed-role\/dev\/laptop-/;
let home: Home;

async function run(command: string): Promise<string> {
  const { exit, stdout, stderr } = await home.run(command);
  assert.equal(exit, 0, `${command}: ${stderr}`);
  return stdout;
}

before(async () => {
  home = openHome(programUnderTest());
  await run(
    `brevet init laptop --signer software --issuer ${ISSUER} && brevet issuer generate && brevet issuer publish --to published`,
  );
  await home.background(`brevet sandbox start --ready-file ready --issuer ${ISSUER}=./published`);
  await run("brevet sandbox env > variables");
  const { identities } = JSON.parse(await run("brevet status --json")) as { identities: [{ subject: string }] };
  await run(`brevet sandbox trust --issuer ${ISSUER} --subject ${identities[0].subject} --role dev`);
  const program = `--program "$(command -v brevet)"`;
  await run(
    `. ./variables; brevet setup aws --role arn:aws:iam::123456789012:role/dev --profile dev --region eu-west-1 ${program}`,
  );
});
after(() => home.close());

test("the token of `aws eks get-token` tells a cluster which role this is", async () => {
  const printed = JSON.parse(await run(". ./variables; AWS_PROFILE=dev aws eks get-token --cluster-name blue --output json")) as {
    readonly status: { readonly token: string };
  };
  const [prefix, request = ""] = printed.status.token.split(".");
  assert.equal(prefix, "k8s-aws-v1");
  home.write("request", Buffer.from(request, "base64url").toString());
  const asked = `fetch(fs.readFileSync("request", "utf8"), { headers: { "x-k8s-aws-id": "blue" } }).then((answer) => answer.text()).then(console.log)`;
  const answer = await run(`. ./variables; node -e '${asked}'`);
  assert.match(/<Arn>([^<]+)/.exec(answer)?.[1] ?? answer, ARN);
});

test("the password of `aws rds generate-db-auth-token` is signed here, and asks no service", async () => {
  const words = "--hostname db.example.com --port 5432 --region eu-west-1 --username app";
  const token = new URL(
    `https://${(await run(`. ./variables; AWS_PROFILE=dev aws rds generate-db-auth-token ${words}`)).trim()}`,
  );
  assert.equal(token.searchParams.get("X-Amz-Expires"), "900");
  const { AccessKeyId } = JSON.parse(await run(". ./variables; brevet credential aws --profile dev")) as { AccessKeyId: string };
  assert.ok(token.searchParams.get("X-Amz-Credential")?.startsWith(`${AccessKeyId}/`));
});

test("the guide shows those commands", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/guides/with-your-tools.md"), "utf8");
  for (const command of ["aws eks get-token", "aws rds generate-db-auth-token --hostname"]) assert.ok(guide.includes(command));
});
