import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../../src/core/fault.ts";
import { placeIn } from "../../src/core/place.ts";
import type { Publisher } from "../../src/core/publisher.ts";
import type { SignatureAlgorithm, Signer } from "../../src/core/signer.ts";
import { type CreateDeviceInput, createDevice, type SignerCandidate } from "../../src/flows/create-device.ts";
import { type GenerateIssuerInput, generateIssuer } from "../../src/flows/generate-issuer.ts";
import type { KeptPlaces } from "../../src/flows/kept-places.ts";
import { publishIssuer } from "../../src/flows/publish-issuer.ts";
import { deviceIdentity } from "../../src/identities/device/identity.ts";
import { parseDeviceOptions } from "../../src/identities/device/options.ts";
import { generatedCopy, publishedCopy } from "../../src/publishers/directory/published-copy.ts";
import { directoryPublisher } from "../../src/publishers/directory/publisher.ts";
import { softwareSigners } from "../../src/signers/software/signer.ts";
import { memoryStore } from "../contracts/signer-memory-store.ts";

export const ISSUER = "https://id.example.com/laptop";
export const CLOCK = { now: () => 1_800_000_000, offsetSeconds: 0, learn: () => undefined };

/** One machine with an empty home, and a folder that the web serves. */
export class Machine {
  readonly store = memoryStore();
  readonly config = new Map<string, Readonly<Record<string, string>>>();
  readonly said: string[] = [];
  readonly warned: string[] = [];
  readonly paths: { readonly stateFolder: string };
  readonly served: Publisher;

  constructor(top: string, name: string, servedFolder = "served") {
    this.paths = { stateFolder: join(top, name) };
    this.served = directoryPublisher({ folder: join(top, servedFolder), lockFolder: join(top, name, "locks") });
  }

  software(): SignerCandidate {
    const kind = softwareSigners({ store: this.store });
    return { kind: "software", probe: () => kind.probe({}), open: (identity) => kind.open({ identity, options: {} }) };
  }

  create(input: Partial<CreateDeviceInput> = {}, signers: readonly SignerCandidate[] = [this.software()]) {
    const identities = {
      has: async (name: string) => this.config.has(name),
      add: async (name: string, identity: Readonly<Record<string, string>>) => void this.config.set(name, identity),
    };
    const notices = { say: (line: string) => this.said.push(line), warn: (line: string) => this.warned.push(line) };
    const keptSigners = async ({ signer }: KeptPlaces) => {
      const candidate = signers.find(({ kind }) => kind === signer) ?? this.software();
      return [candidate.open("laptop")] as const;
    };
    const ports = {
      signers: async () => signers,
      identities,
      store: async () => this.store,
      keptSigners,
      random: randomBytes,
      notices,
    };
    return createDevice({ name: "laptop", signer: null, issuer: ISSUER, ...input }, ports);
  }

  signer(name = "laptop"): Signer {
    return this.software().open(name);
  }

  generate(input: Partial<GenerateIssuerInput> = {}, folder = generatedCopy(this.paths, "laptop")) {
    const wanted = {
      identity: "laptop",
      issuer: ISSUER,
      certificates: "none" as const,
      ...input,
    };
    return generateIssuer(wanted, { signers: [this.signer()], folder, now: CLOCK.now });
  }

  publish(shared = false, issuer = ISSUER) {
    const copies = { generated: generatedCopy(this.paths, "laptop"), published: publishedCopy(this.paths, "laptop") };
    return publishIssuer(
      { identity: "laptop", issuer, shared },
      {
        signer: this.signer(),
        destination: this.served,
        notices: { warn: (line: string) => void this.warned.push(line) },
        ...copies,
      },
    );
  }

  async token(algorithms: readonly SignatureAlgorithm[]): Promise<string> {
    const { kind: _, ...raw } = this.config.get("laptop") ?? {};
    const identity = deviceIdentity({
      name: "laptop",
      options: parseDeviceOptions(raw, placeIn(null, "identities.laptop")),
      signer: this.signer(),
      published: publishedCopy(this.paths, "laptop"),
      clock: CLOCK,
      random: randomBytes,
    });
    return (await (await identity.assert({ audience: "everyone", form: "jwt", algorithms })).value).reveal();
  }

  async servedJwks(): Promise<{ keys: Record<string, unknown>[] }> {
    return JSON.parse((await this.served.read("keys.json"))?.body ?? '{"keys":[]}');
  }
}

/** Two machines that share what the web serves. */
export async function onMachines(work: (laptop: Machine, desktop: Machine) => Promise<void>): Promise<void> {
  const top = await mkdtemp(join(tmpdir(), "device-issuer-"));
  try {
    await work(new Machine(top, "laptop-home"), new Machine(top, "desktop-home"));
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

/** The code of the fault that the work ends with. */
export async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (cause: unknown) => (cause instanceof Fault ? cause.code : String(cause)),
  );
}
