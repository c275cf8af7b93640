#!/usr/bin/env node
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/*
 * Stands in for native/secure-enclave on machines that have no Secure Enclave: the same arguments, files and answers, with
 * the "enclave" a key in software whose opaque form names the machine. STAND_IN_MACHINE is the name of the machine, and
 * STAND_IN_PERSON what the person does when asked.
 */
const [, , ...words] = process.argv;
const { STAND_IN_MACHINE: machine = "this", STAND_IN_PERSON: person = "agrees" } = process.env;
const given = new Map();
for (let index = 0; index < words.length; index += 2) {
  const [name, value] = words.slice(index, index + 2);
  if (!["--folder", "--presence", "--reason", "--reuse"].includes(name) || given.has(name) || value === undefined)
    process.exit(2);
  given.set(name, value);
}
const folder = given.get("--folder") ?? "";
const presence = given.get("--presence") ?? "";
const reuse = Number(given.get("--reuse") ?? "0");
if (!folder.startsWith("/") || !["any", "biometric", "none"].includes(presence) || !(reuse >= 0 && reuse <= 300)) process.exit(2);

class Refusal extends Error {
  constructor(error, message) {
    super(message);
    this.error = error;
  }
}

const request = JSON.parse(readFileSync(0, "utf8"));
const file = () => {
  if (!/^[a-z0-9][a-z0-9._-]{0,95}$/.test(request.key ?? "")) throw new Refusal("failed", "the request names no key");
  return join(folder, `${request.key}.json`);
};
const open = (record) => {
  if (record.presence !== presence) throw new Refusal("failed", `the key was made with --presence ${record.presence}`);
  const { of, pem } = JSON.parse(Buffer.from(record.blob, "base64").toString());
  if (of !== machine) throw new Refusal("key-absent", "this Mac's Secure Enclave does not take the key");
  return createPrivateKey(pem);
};
const load = () => (existsSync(file()) ? JSON.parse(readFileSync(file(), "utf8")) : null);

const OPERATIONS = {
  create() {
    if (load() === null) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const pem = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "pkcs8" });
      const blob = Buffer.from(JSON.stringify({ of: machine, pem })).toString("base64");
      const temporary = join(folder, `.new-${process.pid}`);
      writeFileSync(temporary, JSON.stringify({ version: 1, presence, blob }), { mode: 0o600 });
      try {
        linkSync(temporary, file());
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      rmSync(temporary);
    }
    const spki = createPublicKey(open(load())).export({ format: "der", type: "spki" });
    return { publicKey: spki.toString("base64") };
  },
  sign() {
    const record = load();
    if (record === null) throw new Refusal("key-absent", `there is no key ${request.key}`);
    const key = open(record);
    if (presence !== "none" && person !== "agrees") throw new Refusal("refused", "Authentication canceled.");
    const signature = sign("sha256", Buffer.from(request.message, "base64"), { key, dsaEncoding: "ieee-p1363" });
    return { signature: signature.toString("base64"), encoding: "jws" };
  },
  destroy() {
    rmSync(file(), { force: true });
    return {};
  },
};

function respond() {
  if (request.operation === "describe") {
    if (machine === "none") throw new Refusal("absent", "this Mac has no Secure Enclave");
    const asks = presence === "none" ? "none" : "biometric";
    return {
      protocol: 1,
      algorithms: ["ES256"],
      residence: "hardware",
      presence: asks,
      summary: `the Secure Enclave of this Mac, presence: ${presence}`,
    };
  }
  if (request.protocol !== 1 || request.algorithm !== "ES256") throw new Refusal("unsupported", "it signs ES256");
  if (!Object.hasOwn(OPERATIONS, request.operation)) throw new Refusal("unsupported", "it does not know the operation");
  return OPERATIONS[request.operation]();
}

try {
  process.stdout.write(JSON.stringify(respond()));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: error.error ?? "failed", message: error.message }));
}
