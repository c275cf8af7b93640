import { resolve } from "node:path";
import { consumerPrologue } from "./consumer-prologue.ts";
import { parseScript, type Script } from "./parse-script.ts";
import type { Program } from "./program.ts";
import { runScript } from "./run-script.ts";

const ACCOUNT = "deploy@example-project.iam.gserviceaccount.com";

/**
 * From nothing to a credential file of Google's for a federated identity (`direct`), for a service account (`deploy`), and for
 * the service account that `setup gcp` itself has made (`made`).
 */
const PROLOGUE = `${consumerPrologue()}\
env CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE=$CA
env CLOUDSDK_API_ENDPOINT_OVERRIDES_STS=$URL
env CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS=$URL
env GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1
env GOOGLE_CLOUD_PROJECT=example-project
let PROVIDER = brevet sandbox trust gcp --issuer https://id.example.com/laptop --subject $SUBJECT --service-account ${ACCOUNT}
$ brevet setup gcp --provider $PROVIDER --profile direct --program "$(command -v brevet)"
2> ...
$ brevet setup gcp --provider //iam.googleapis.com/$PROVIDER --service-account ${ACCOUNT} --duration 20m --profile deploy --program "$(command -v brevet)"
2> ...
$ brevet sandbox env > variables; . ./variables; brevet setup gcp --project example-project --profile made --program "$(command -v brevet)"
1> ...
2> ...
`;

/** Whom the sandbox's Google takes the access token for that is in the file `token`. */
const WHOSE = `curl -s --cacert $CA -u id:secret $URL/v1/introspect --data-urlencode "token=$(cat token)"`;

/**
 * Runs a consumer over the credential files: each time its token has to be the one of that principal.
 *
 * @param command prints an access token; \`$FILE\` is the credential file.
 */
export async function consumeGoogle(command: string, program: Program): Promise<void> {
  await consume((profile) => [`$ FILE=$HOME/.config/brevet/google/${profile}.json; (${command}) > token`], program);
}

/**
 * Runs a consumer under \`exec --serve\` in the same way. It finds a credential file whose token comes from an address of this machine, and
 * no access token; nothing of that is left when it ends.
 *
 * @param command prints an access token; \`$FILE\` is the credential file.
 * @param variables what brevet is started with beside its environment.
 */
export async function consumeServedGoogle(command: string, program: Program, variables = ""): Promise<void> {
  const inner = [
    'test -z "$CLOUDSDK_AUTH_ACCESS_TOKEN$GOOGLE_OAUTH_ACCESS_TOKEN"',
    "FILE=$GOOGLE_APPLICATION_CREDENTIALS",
    'stat -c %a "$FILE" >&2',
    `(${command}) > token`,
    'node -p "Object.keys(JSON.parse(fs.readFileSync(process.env.GOOGLE_APPLICATION_CREDENTIALS)).credential_source)"',
  ].join("\n");
  await consume(
    (profile) => [
      `$ GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=0 ${variables} brevet exec --serve ${profile} -- sh -ec "$(cat inner)"`,
      "1> [ 'url', 'headers', 'format' ]",
      `2> brevet: credentials of the profile ${profile} are served at http://127.0.0.1:{{\\d+}}/credentials while sh runs`,
      "2> 600",
      "2> ...",
      "$ find \"$HOME\" -path '*/exec/*'",
    ],
    program,
    [{ path: "inner", content: inner, mode: 0o600 }],
  );
}

/** @param use the lines of a script that leave an access token of the profile in the file \`token\`. */
async function consume(
  use: (profile: string) => readonly string[],
  program: Program,
  files: Script["files"] = [],
): Promise<void> {
  const lines = [
    `env REPOSITORY=${resolve(import.meta.dirname, "../..")}`,
    PROLOGUE,
    ...[
      ["direct", "principal://iam.googleapis.com/{{.*}}/subject/$SUBJECT"],
      ["deploy", ACCOUNT],
      ["made", "brevet-$SUBJECT@example-project.iam.gserviceaccount.com"],
    ].flatMap(([profile = "", whose]) => [
      ...use(profile),
      `$ ${WHOSE} | node -p 'JSON.parse(fs.readFileSync(0)).username'`,
      `1> ${whose}`,
    ]),
  ];
  const script = parseScript(lines.join("\n"));
  await runScript({ ...script, files: [...script.files, ...files] }, program);
}
