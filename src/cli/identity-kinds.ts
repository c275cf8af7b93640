import { Fault } from "../core/fault.ts";
import type { Identity } from "../core/identity.ts";
import type { JsonObject } from "../core/json-object.ts";
import { placeIn } from "../core/place.ts";
import type { KeyPlace, Signer } from "../core/signer.ts";
import type { ExchangeToken } from "../core/token-exchange.ts";
import type { KeptPlaces } from "../flows/kept-places.ts";
import type { DeviceOptions } from "../identities/device/options.ts";
import type { IdentityEntry } from "../wire/brevet-config/config.ts";
import type { IdentityParts } from "./identity-parts.ts";
import type { SessionLoader, SignInRunner } from "./session-kinds.ts";

/* The kinds of identities; what `kinds.ts` says of kinds goes for these too. */

/** A device of the config with its signer, for the commands that make and publish its documents. */
export interface OpenDevice {
  readonly name: string;
  readonly options: DeviceOptions;
  readonly signer: Signer;
}

/** @throws {Fault} `USAGE_INVALID` for an identity of another kind: its issuer is somebody else's. */
export async function openDevice(
  { name, kind, options, place }: IdentityEntry,
  parts: Pick<IdentityParts, "signer">,
): Promise<OpenDevice> {
  if (kind !== "device") {
    throw new Fault("USAGE_INVALID", `the identity ${name} is of kind ${kind}, and only a device has documents to publish`);
  }
  const { parseDeviceOptions } = await import("../identities/device/options.ts");
  const parsed = parseDeviceOptions(options, place);
  const keys = { signer: parsed.signer, generation: parsed.keys.generation };
  return { name, options: parsed, signer: await openKeys(name, keys, parts) };
}

/** A device whose entry in the config is gone, by what the store keeps of it. */
export async function openKeptDevice(
  name: string,
  places: KeptPlaces,
  parts: Pick<IdentityParts, "signer">,
): Promise<OpenDevice> {
  const place = placeIn(null, `what the store keeps of ${name}`);
  return openDevice({ name, kind: "device", options: { ...places, subject: "kept" }, place }, parts);
}

/** The signer of one generation of a device's keys. */
export async function openKeys(
  identity: string,
  { signer: { kind, options }, generation }: KeyPlace,
  parts: Pick<IdentityParts, "signer">,
): Promise<Signer> {
  return parts.signer(kind, { identity, generation, options });
}

/** What can prove who the user is, by the `kind` of an identity in the config. */
export const IDENTITIES: Readonly<Record<string, (entry: IdentityEntry, parts: IdentityParts) => Promise<Identity>>> = {
  async device(entry, parts) {
    const [device, { deviceIdentity }, { publishedCopy }, { randomBytes }] = await Promise.all([
      openDevice(entry, parts),
      import("../identities/device/identity.ts"),
      import("../publishers/directory/published-copy.ts"),
      import("../platform/random.ts"),
    ]);
    const { clock, paths } = parts;
    return deviceIdentity({ ...device, published: publishedCopy(paths, entry.name), clock, random: randomBytes });
  },
  async oidc(entry, parts) {
    const [{ parseOidcOptions }, { oidcIdentity }, session] = await Promise.all([
      import("../identities/oidc/options.ts"),
      import("../identities/oidc/identity.ts"),
      import("./session-kinds.ts").then(({ openOidcSession }) => openOidcSession(entry, parts, parts.asking)),
    ]);
    const options = parseOidcOptions(entry.options, entry.place);
    const { clock, terminal } = parts;
    const exchange = exchangeAtProvider(entry, parts);
    return oidcIdentity({ name: entry.name, options, session, exchange, clock, warn: terminal.warn });
  },
  async server(entry, parts) {
    const [{ parseServerOptions }, { serverIdentity }, session] = await Promise.all([
      import("../identities/server/options.ts"),
      import("../identities/server/identity.ts"),
      import("./session-kinds.ts").then(({ openOidcSession }) => openOidcSession(entry, parts, parts.asking)),
    ]);
    const { url } = parseServerOptions(entry.options, entry.place);
    const exchange = exchangeAtProvider(entry, parts);
    return serverIdentity({ name: entry.name, url, session, exchange, clock: parts.clock });
  },
  async ambient(entry, parts) {
    const [{ ambientIdentity }, { options, surroundings }] = await Promise.all([
      import("../identities/ambient/identity.ts"),
      openAmbient(entry, parts),
    ]);
    return ambientIdentity(entry.name, options, surroundings);
  },
};

function exchangeAtProvider(entry: IdentityEntry, parts: IdentityParts): ExchangeToken {
  return async (wish) => (await import("./session-kinds.ts")).exchangeOidcToken(entry, parts, wish);
}

/** How people sign in, by the kind of their identity. `asking` is null for a person who typed `brevet login`. */
export const SESSIONS: Readonly<Record<string, SessionLoader>> = {
  oidc: async (...given) => (await import("./session-kinds.ts")).openOidcSession(...given),
  server: async (...given) => (await import("./session-kinds.ts")).openOidcSession(...given),
};

/** The process that waits for a person, by the kind of the identity. */
export const SIGN_INS: Readonly<Record<string, SignInRunner>> = {
  oidc: async (...given) => (await import("./session-kinds.ts")).runOidcSignIn(...given),
  server: async (...given) => (await import("./session-kinds.ts")).runOidcSignIn(...given),
};

/** What shapes an identity's credentials besides its entry in the config, for their cache key; most kinds have nothing. */
export const IDENTITY_SHAPES: Readonly<Record<string, (entry: IdentityEntry, parts: IdentityParts) => Promise<JsonObject>>> = {
  async ambient(entry, parts) {
    const [{ ambientShape }, { options, surroundings }] = await Promise.all([
      import("../identities/ambient/detect.ts"),
      openAmbient(entry, parts),
    ]);
    return ambientShape(options, surroundings);
  },
};

async function openAmbient({ options, place }: IdentityEntry, { clock, environment, http }: IdentityParts) {
  const [{ parseAmbientOptions }, { readSurroundingFile }] = await Promise.all([
    import("../identities/ambient/options.ts"),
    import("../identities/ambient/surroundings.ts"),
  ]);
  const reach = () => http({ metadataServices: true });
  return {
    options: parseAmbientOptions(options, place),
    surroundings: { clock, environment, readFile: readSurroundingFile, http: reach },
  };
}
