import { utf8 } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import type { Assertion, AssertionRequest, Identity } from "../../core/identity.ts";
import { publishCommand } from "../../core/publish-command.ts";
import type { Publisher } from "../../core/publisher.ts";
import type { RandomBytes } from "../../core/random.ts";
import { Secret } from "../../core/secret.ts";
import type { PublicJwk, Signer, SigningKey } from "../../core/signer.ts";
import type { Clock } from "../../core/time.ts";
import { compactJwt, compactJwtLength, jwtSigningInput } from "../../wire/jwt/encode.ts";
import { checkSignature } from "../../wire/jwt/verify.ts";
import { deviceClaims } from "./claims.ts";
import type { DeviceOptions } from "./options.ts";
import { loadPublishedKeys, type PublishedKeys } from "./published-keys.ts";

/** A device as its own issuer: what it is made of. */
export interface Device {
  /** In the config. */
  readonly name: string;
  readonly options: DeviceOptions;
  readonly signer: Signer;
  /** The stored copy of what was published; never the network. */
  readonly published: Pick<Publisher, "read">;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/**
 * The identity kind `device`: this machine's own key is the issuer. It signs a JWT for one audience that lives at most
 * five minutes, and lets it out only when the published documents, as this machine remembers them, verify it.
 */
export function deviceIdentity(device: Device): Identity {
  return {
    describe: async () => ({
      kind: "device",
      issuer: device.options.issuer,
      subject: device.options.subject,
      summary: device.signer.description.summary,
      signer: device.signer.description,
    }),
    prepare: () => device.signer.prepare?.(),
    assert: (request) => assertDevice(device, request),
  };
}

async function assertDevice(device: Device, request: AssertionRequest): Promise<Assertion> {
  if (request.form !== "jwt") {
    throw new Fault("ASSERTION_UNSUPPORTED", `the identity ${device.name} signs JWTs and cannot make a SAML assertion`, {
      hints: ["use an identity that signs in at a SAML provider"],
    });
  }
  checkAudience(request.audience);
  const { issuer } = device.options;
  if (issuer === null) {
    throw new Fault("ISSUER_ABSENT", `the identity ${device.name} has no issuer URL yet`, {
      hints: [`run \`brevet issuer generate ${device.name} --issuer https://…\` with the URL that you will publish at`],
    });
  }
  const published = await loadPublishedKeys(device.published, { name: device.name, issuer, keys: device.options.keys });
  const { key, jwk } = await chooseKey(device, request, published);
  const claims = deviceClaims({ ...device.options, issuer }, request, { now: device.clock.now(), random: device.random });
  const signingInput = jwtSigningInput({ alg: key.algorithm, kid: key.kid, typ: "JWT" }, claims);
  const value = signedToken(device, { key, jwk }, signingInput);
  if (device.signer.description.presence !== "none") await value;
  // Whoever redeems the assertion gets the fault; a call that fails earlier has its own.
  value.catch(() => undefined);
  const length = compactJwtLength(signingInput, jwk);
  return { form: "jwt", value, length, audience: request.audience, expiresAt: claims.exp };
}

/** The finished token: a signature that does not verify leaves with nobody. */
async function signedToken(device: Device, { key, jwk }: ChosenKey, signingInput: string): Promise<Secret<string>> {
  const message = utf8(signingInput);
  const signature = await key.sign(message);
  if ((await checkSignature(jwk, message, signature)) !== "matches") {
    throw new Fault("SIGNER_FAILED", `the signature of the ${key.algorithm} key of ${device.name} does not verify`, {
      details: { kid: key.kid, signer: device.signer.description.kind },
    });
  }
  return new Secret("assertion", compactJwt(signingInput, signature));
}

interface ChosenKey {
  readonly key: SigningKey;
  readonly jwk: PublicJwk;
}

/** The first algorithm of the request for which there is a key that verifiers can know. */
async function chooseKey(device: Device, request: AssertionRequest, published: PublishedKeys): Promise<ChosenKey> {
  let unpublished: SigningKey | null = null;
  for (const algorithm of request.algorithms) {
    const key = await device.signer.signingKey(algorithm);
    const jwk = key === null ? null : published.find(key.kid);
    if (key !== null && jwk !== null) return { key, jwk };
    unpublished ??= key;
  }
  if (unpublished !== null) throw published.absent(unpublished);
  throw noKey(device, request);
}

function noKey(device: Device, request: AssertionRequest): Fault {
  const { name, signer, options } = device;
  const wanted = request.algorithms.join(" or ");
  const possible = request.algorithms.find((algorithm) => signer.algorithms.includes(algorithm));
  if (possible === undefined) {
    return new Fault("ALGORITHM_UNSUPPORTED", `${request.audience} needs ${wanted}, which the signer of ${name} does not have`, {
      hints: ["make a second identity with another signer: `brevet init NAME --signer software`"],
    });
  }
  return new Fault("KEY_ABSENT", `${request.audience} needs ${wanted}, and the identity ${name} has no such key yet`, {
    hints: [
      `run \`brevet issuer generate ${name} --add ${possible}\`, which makes the key`,
      `then publish it: \`${publishCommand(name, options.keys)}\``,
    ],
    details: { algorithm: possible },
  });
}

/** What no verifier compares sensibly: nothing, or characters that do not show. */
function checkAudience(audience: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (audience !== "" && audience.length <= 1000 && audience.trim() === audience && !/[\u0000-\u001f\u007f]/.test(audience))
    return;
  throw new Fault("AUDIENCE_INVALID", `${JSON.stringify(audience.slice(0, 60))} cannot be the audience of a token`, {
    hints: ["name what the token is for, such as `sts.amazonaws.com`"],
  });
}
