import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { placeIn } from "../../core/place.ts";
import { Secret } from "../../core/secret.ts";
import type { SignerChoice } from "../../core/signer.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { signerEntry } from "../../wire/brevet-config/signer-choice.ts";
import { clientSecretName } from "../client-keys.ts";
import type { Context } from "../command.ts";
import { inWordsOfFlags, parseSignerOptions } from "../device/signer-choice.ts";
import { readGivenFile } from "../flags/read-given-file.ts";

/** The flags of `setup oidc` that say how a client proves itself. */
export interface ClientFlags {
  readonly "client-authentication": string | undefined;
  readonly signer: string | undefined;
  readonly "signer-option": readonly string[];
  readonly certificate: string | undefined;
  readonly "certificate-key": string | undefined;
  readonly dpop: boolean;
}

/** What the config is to say of it. @throws {Fault} `USAGE_INVALID` for flags that do not go together. */
export function clientOptions(flags: ClientFlags, workingFolder: string): Readonly<Record<string, unknown>> {
  const { certificate, "certificate-key": key, "client-authentication": method } = flags;
  const signer = signerEntry(chosenSigner(flags));
  const dpop = flags.dpop ? { dpop: { signer } } : {};
  if (flags.signer !== undefined && method !== "private_key_jwt" && !flags.dpop) {
    throw new Fault("USAGE_INVALID", "--signer does not go without --client-authentication private_key_jwt or --dpop", {
      hints: ["no key is made for another client: give one of the two, or leave --signer out"],
    });
  }
  if (method === undefined) return dpop;
  if (method === "private_key_jwt") return { clientAuthentication: { method, signer }, ...dpop };
  if (method !== "tls_client_auth") return { clientAuthentication: { method }, ...dpop };
  if (certificate === undefined || key === undefined) {
    throw new Fault("USAGE_INVALID", "tls_client_auth needs --certificate and --certificate-key", {
      hints: ["`--certificate FILE --certificate-key FILE`, both PEM"],
    });
  }
  const files = { certificate: resolve(workingFolder, certificate), key: resolve(workingFolder, key) };
  return { clientAuthentication: { method, ...files }, ...dpop };
}

/**
 * Keeps the client's secret, sealed, or makes its key.
 *
 * @returns what to register at the provider, for stdout; null if there is nothing to register.
 */
export async function provideClient(
  identity: string,
  flags: ClientFlags,
  { compose, terminal }: Context,
): Promise<string | null> {
  const method = flags["client-authentication"];
  if (method === "client_secret_basic" || method === "client_secret_post") {
    const store = await compose.store();
    const name = clientSecretName(identity);
    const text = terminal.hasPerson ? await terminal.askSecret("the client's secret?") : readGivenFile("-");
    if (text.trim() !== "") await store.save("keys", name, new Secret("client secret", text.trim()));
    else if ((await store.load("keys", name)) === null) {
      throw new Fault("USAGE_INVALID", `${method} needs the client's secret on stdin, or a terminal to ask for it`);
    }
  }
  if (method !== "private_key_jwt" && !flags.dpop) return null;
  const signer = chosenSigner(flags);
  // Opened for a bound key too, which is made when it is needed: what was typed of its signer is checked now.
  const keys = await inWordsOfFlags(signer.kind, () => compose.clientSigner(identity, signer, placeIn(null, "signer")));
  if (method !== "private_key_jwt") return null;
  const [algorithm = "ES256"] = keys.algorithms;
  if ((await keys.signingKey(algorithm)) === null) await keys.createKey(algorithm);
  const registered = (await keys.publicKeys()).map(({ jwk, kid, algorithm: alg }) => ({ ...jwk, kid, alg, use: "sig" }));
  return jsonPage({ keys: registered });
}

function chosenSigner({ signer = "software", "signer-option": words }: ClientFlags): SignerChoice {
  return { kind: signer, options: parseSignerOptions(words) };
}
