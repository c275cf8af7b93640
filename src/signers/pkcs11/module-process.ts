import { dirname } from "node:path";
import { Fault } from "../../core/fault.ts";
import { readOwnJson } from "../../core/json-object.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import { CKF_TOKEN } from "../../wire/pkcs11/constants.ts";
import { type Cryptoki, loadCryptoki } from "./cryptoki.ts";
import { encodeModuleAnswer, type ModuleAnswers, type ModuleRequest, type ModuleWork } from "./module-request.ts";
import {
  destroyKeyPair,
  findPrivateKey,
  generateKeyPair,
  type KeySelector,
  readCertificates,
  readPublicKey,
  signMessage,
  tokenAlgorithms,
} from "./token-keys.ts";
import { type FoundToken, findToken, openSession, type TokenSession } from "./token-session.ts";

/**
 * One request of a signer `pkcs11`, in a process of its own: a module that crashes takes this process along, and one that hangs
 * is ended with it.
 *
 * @param input the request, as {@link ModuleRequest} in JSON.
 * @param output takes the answer. The token is logged out by then, and the module is shut down after: some crash at that.
 */
export async function runModuleProcess(input: string, output: (text: string) => void): Promise<void> {
  let cryptoki: Cryptoki | null = null;
  try {
    const request = readOwnJson<ModuleRequest>(input);
    // Windows looks there for the libraries that a module needs, and where this was started others may have put some of that name.
    if (process.platform === "win32") process.chdir(dirname(request.module));
    cryptoki = await loadCryptoki(request.module);
    output(encodeModuleAnswer(doWork(cryptoki, request)));
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    output(encodeModuleAnswer(cause));
  }
  cryptoki?.callForValue("C_Finalize", null);
}

function doWork(cryptoki: Cryptoki, request: ModuleRequest): ModuleAnswers[keyof ModuleAnswers] {
  const token = findToken(cryptoki, request.selector);
  const { work } = request;
  if (work.task === "inspect") return inspect(cryptoki, token);
  const access = work.task === "generate" || work.task === "destroy" ? "write" : "read";
  const session = openSession(cryptoki, token, request, access);
  try {
    return doKeyWork(session, work, request.pin);
  } finally {
    // A card that is left logged in serves the next program without a PIN, and not every reader resets it for us.
    cryptoki.callForValue("C_Logout", session.handle);
  }
}

function inspect(cryptoki: Cryptoki, { slot, info }: FoundToken): ModuleAnswers["inspect"] {
  const { label, manufacturer, model, serial, flags } = info;
  const wantsLogin = (flags & CKF_TOKEN.loginRequired) !== 0;
  const login = !wantsLogin ? "none" : (flags & CKF_TOKEN.protectedAuthenticationPath) !== 0 ? "pin-pad" : "pin";
  return { label, manufacturer, model, serial, login, algorithms: tokenAlgorithms(cryptoki, slot) };
}

function doKeyWork(
  session: TokenSession,
  work: Exclude<ModuleWork, { task: "inspect" }>,
  pin: string | null,
): ModuleAnswers[keyof ModuleAnswers] {
  const { algorithm } = work;
  const id = work.id === undefined ? undefined : Buffer.from(work.id, "hex");
  if (work.task === "destroy") {
    destroyKeyPair(session, algorithm, id ?? Buffer.alloc(0));
    return {};
  }
  if (work.task === "certificates") return certificates(session, work);
  const label = work.task === "find" ? work.label : undefined;
  const selector = { ...(id === undefined ? {} : { id }), ...(label === undefined ? {} : { label }) };
  if (work.task === "generate" && findPrivateKey(session, algorithm, selector) === null) {
    generateKeyPair(session, algorithm, id ?? Buffer.alloc(0), work.label);
  }
  const key = findPrivateKey(session, algorithm, selector);
  if (key === null) throw noSuchKey(session, algorithm, selector);
  if (work.task === "sign") {
    const message = Buffer.from(work.message, "hex");
    return { signature: signMessage(session, algorithm, key.object, { message, pin }).toString("hex") };
  }
  return { id: key.id.toString("hex"), jwk: readPublicKey(session, algorithm, key) };
}

function certificates(session: TokenSession, { id, label }: { id: string; label: string }): ModuleAnswers["certificates"] {
  const inHex = (selector: KeySelector): readonly string[] =>
    readCertificates(session, selector).map((certificate) => certificate.toString("hex"));
  return { ofKey: inHex({ id: Buffer.from(id, "hex") }), labelled: inHex({ label }) };
}

function noSuchKey(session: TokenSession, algorithm: SignatureAlgorithm, selector: KeySelector): Fault {
  const other = algorithm === "ES256" ? "RS256" : "ES256";
  const hints =
    findPrivateKey(session, other, selector) === null
      ? ["see what the token has: `pkcs11-tool --module MODULE --login --list-objects`"]
      : [`its key of that name is for ${other}: \`--signer-option algorithms=${other}\``];
  return new Fault("KEY_ABSENT", `the token has no ${algorithm} key of that name`, { hints });
}
