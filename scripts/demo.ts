import { styleText } from "node:util";
import { playOnStage, type Stage } from "./demo/stage.ts";

/*
 * The whole story on one machine: a device key, its issuer, a local AWS that trusts it, and a real AWS client. It is a
 * script of commands that are printed as they could be typed; nothing happens here that a user could not do.
 */

const issuer = "https://issuer.example/laptop";
const role = "arn:aws:iam::123456789012:role/developer";

await playOnStage(async (stage) => {
  const { say, run, startUntil, useSandbox, callAws, program } = stage;
  say("a device identity: this machine's own key. In a demo the store's key is a file; a keychain is the default");
  await run("brevet init laptop --signer software --store file");

  say("its two public documents, published: here into a folder, in earnest on any static host");
  await run(`brevet issuer generate laptop --issuer ${issuer}`);
  await run("brevet issuer publish laptop --to public");
  await run("cat public/keys.json");

  say("a local AWS is told to trust that issuer, by a role with a real trust policy, and is started");
  await run(`brevet sandbox trust --issuer ${issuer} --subject ${subjectOf(stage)} --role developer`);
  await startUntil(`brevet sandbox start --issuer ${issuer}=public --ready-file ready`, "ready");
  useSandbox();

  say("a profile for AWS tools, which asks brevet for credentials");
  await run(`brevet setup aws --role ${role} --region us-east-1 --program ${program}`);
  await run("cat ~/.aws/config");

  const arn = await callAws("brevet");
  await run("brevet status");
  if (!/^arn:aws:sts::123456789012:assumed-role\/developer\/laptop-/.test(arn)) throw new Error(`unexpected caller: ${arn}`);
  finish(arn);
});

function finish(arn: string): void {
  const strong = (text: string): string => styleText("bold", text);
  console.log(`\n${styleText("green", "done")}: AWS knows this machine as ${strong(arn)}`);
  console.log(`\nOn a real AWS account, type next:\n
  ${strong("npm run build:binary")}          then put build/bin/brevet into a folder of your PATH
  ${strong("brevet init laptop")}            the key, in the best signer of this machine
  ${strong("brevet setup aws --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess")}
                                as an administrator, once: the issuer, the trust and the role
  ${strong("aws s3 ls --profile brevet")}

docs/guides/aws.md has more of that, docs/guides/quickstart.md the way in single steps, without an administrator's rights.`);
}

/** The subject that `init` made, as `status` shows it. */
function subjectOf({ ask }: Stage): string {
  const report = ask("brevet status --json") as { readonly identities: readonly { readonly subject: string }[] };
  return report.identities[0]?.subject ?? "";
}
