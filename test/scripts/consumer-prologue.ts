/**
 * The beginning of a script in which another program consumes credentials: a device whose documents the sandbox serves, the
 * authority of the sandbox for every tool, and `$URL`, `$CA` and `$SUBJECT`.
 *
 * @param generate what follows `brevet issuer generate`.
 */
export function consumerPrologue(generate = ""): string {
  return `
$ brevet init laptop --issuer https://id.example.com/laptop --signer software
1> ...
2> ...
$ brevet issuer generate${generate}
1> ...
2> ...
$ brevet issuer publish --to published
1> ...
2> ...
& brevet sandbox start --ready-file ready --issuer https://id.example.com/laptop=./published
let CA = node -p 'JSON.parse(fs.readFileSync("ready")).caFile'
let URL = node -p 'JSON.parse(fs.readFileSync("ready")).url'
env AWS_CA_BUNDLE=$CA
env NODE_EXTRA_CA_CERTS=$CA
env REQUESTS_CA_BUNDLE=$CA
let SUBJECT = brevet status --json | node -p 'JSON.parse(fs.readFileSync(0)).identities[0].subject'
`;
}
