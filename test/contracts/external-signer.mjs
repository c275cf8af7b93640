import { spawn } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/*
 * An external signer that keeps its keys in a folder, and on request does one thing wrong:
 *
 *   node external-signer.mjs FOLDER [WRONG]
 *
 * WRONG is a word of WRONGS below.
 */
const [folder, wrong = "nothing"] = process.argv.slice(2);
const request = JSON.parse(readFileSync(0, "utf8"));
const { operation, key, algorithm } = request;

const file = join(folder, `${key}.${algorithm}.pem`);
const spki = (privateKey) => createPublicKey(privateKey).export({ format: "der", type: "spki" }).toString("base64");
const generate = () =>
  algorithm === "ES256"
    ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
    : generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
/** Whole or not at all: a program that does something wrong is killed at any moment. */
const keep = (path, privateKey) => {
  mkdirSync(folder, { recursive: true });
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, privateKey.export({ format: "pem", type: "pkcs8" }));
  renameSync(partial, path);
};

const OPERATIONS = {
  describe: () => ({
    protocol: 1,
    algorithms: ["ES256", "RS256", "EdDSA"],
    residence: "software",
    presence: "none",
    summary: "keys in a folder",
    later: true,
  }),
  create() {
    if (!existsSync(file)) keep(file, generate());
    return { publicKey: spki(createPrivateKey(readFileSync(file))) };
  },
  sign() {
    if (!existsSync(file)) return { error: "key-absent", message: `there is no ${file}` };
    const privateKey = createPrivateKey(readFileSync(file));
    const message = Buffer.from(request.message, "base64");
    return { signature: sign("sha256", message, privateKey).toString("base64"), encoding: "der" };
  },
  destroy() {
    rmSync(file, { force: true });
    return {};
  },
};

const known = Object.hasOwn(OPERATIONS, operation) && request.protocol === 1;
const supported = operation === "describe" || ["ES256", "RS256"].includes(algorithm);
const answer = () => (known && supported ? OPERATIONS[operation]() : { error: "unsupported" });
const say = (value) => process.stdout.write(typeof value === "string" ? value : JSON.stringify(value));

const WRONGS = {
  nothing: () => say(answer()),
  "other-key": () =>
    say(operation === "sign" ? { ...answer(), signature: sign("sha256", "", generate()).toString("base64") } : answer()),
  "other-message": () => {
    request.message = "AAAA";
    say(answer());
  },
  "new-key-each-time": () => {
    if (operation === "create") rmSync(file, { force: true });
    say(answer());
  },
  "one-key-for-all": () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const one = join(folder, "one.pem");
    if (!existsSync(one)) keep(one, privateKey);
    if (operation === "create") return say({ publicKey: spki(createPrivateKey(readFileSync(one))) });
    if (operation !== "sign") return say(answer());
    const message = Buffer.from(request.message, "base64");
    return say({ signature: sign("sha256", message, createPrivateKey(readFileSync(one))).toString("base64"), encoding: "der" });
  },
  garbage: () => say(operation === "describe" ? answer() : "Segmentation fault\n"),
  list: () => say([answer()]),
  silent: () => say(""),
  fails: () => {
    say(answer());
    process.exitCode = 7;
  },
  "fails-beside-a-child": () => {
    spawn("sleep", ["20"], { stdio: ["ignore", "inherit", "ignore"], detached: true }).unref();
    process.exit(7);
  },
  killed: () => process.kill(process.pid, "SIGKILL"),
  hangs: () => setInterval(() => undefined, 1000),
  flood: () => {
    for (let index = 0; index < 64; index++) writeSync(1, " ".repeat(4096));
    say(answer());
  },
  refuses: () => say(operation === "sign" ? { error: "refused", message: "no\u001b[31m finger\n came" } : answer()),
  absent: () => say({ error: "absent", message: "no token is plugged in" }),
  "bad-word": () => say({ error: "sorry" }),
  environment: () => say({ error: "failed", message: Object.keys(process.env).sort().join(" ") }),
};

WRONGS[wrong]();
