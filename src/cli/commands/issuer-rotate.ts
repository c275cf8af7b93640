import { Fault } from "../../core/fault.ts";
import { type Clock, formatUtc, parseDuration } from "../../core/time.ts";
import { requireSigner } from "../../flows/create-device.ts";
import type { ProbeRules } from "../../flows/probe-key.ts";
import { abandonRotation, type RotateKeyPorts, type RotationEnd, rotateKey } from "../../flows/rotate-key.ts";
import { verifyIssuer } from "../../flows/verify-issuer.ts";
import { systemTempo } from "../../platform/tempo.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { type Context, defineCommand, type FlagValues } from "../command.ts";
import { knownDestinations } from "../device/destinations.ts";
import { IDENTITY_WORD, requireIssuer } from "../device/device-issuer.ts";
import { type ConfigKeyBook, configKeyBook } from "../device/key-book.ts";
import { keyProbes } from "../device/key-probes.ts";
import { parseSignerOptions, SIGNER_OPTION, signerCandidates, signerFlag } from "../device/signer-choice.ts";
import { reachFlags, reachOf } from "../flags/reach-flags.ts";
import type { OpenDevice } from "../identity-kinds.ts";

const flags = {
  signer: signerFlag("what holds the new key; default: the same signer as now"),
  "signer-option": SIGNER_OPTION,
  to: { kind: "texts", value: "FOLDER", doc: "where the keys are published; default: everywhere that they were before" },
  overlap: {
    kind: "text",
    value: "TIME",
    doc: "how long the old key stays published after the switch; default 5m30s, longer than a token lives",
  },
  "no-wait": { kind: "switch", doc: "end after the switch; the next `issuer rotate` takes the old key out" },
  rounds: { kind: "text", value: "N", doc: "how often in a row each cloud has to take the new key; default 5" },
  patience: { kind: "text", value: "TIME", doc: "how long that is tried; default 15m" },
  abandon: {
    kind: "switch",
    doc: "drop the new key of a rotation that has not switched yet",
    excludes: ["signer", "signer-option", "overlap", "no-wait", "rounds", "patience"],
  },
  ...reachFlags,
  json: { kind: "switch", doc: "print where it stands as JSON" },
} as const;

/** The longest life of a token, and what clocks may be apart. */
const OVERLAP_SECONDS = 330;
const PATIENCE_SECONDS = 900;
const ROUNDS = 5;
const PAUSE_SECONDS = 2;

export const command = defineCommand({
  path: "issuer rotate",
  description: [
    "Makes a new key, publishes it next to the present one, and tries it by real exchanges for every profile until each cloud",
    "takes it several times in a row: which keys a cloud remembers cannot be seen. Then it switches, waits until no token of the",
    "old key can be alive, takes that out of the documents and destroys it. A run that was stopped is continued by the next;",
    "`brevet status` says where it stands. The subject stays, so every role goes on trusting this device.",
  ].join("\n"),
  positionals: [IDENTITY_WORD],
  flags,
  examples: [
    { line: "brevet issuer rotate", does: "a new key in the same signer" },
    { line: "brevet issuer rotate --signer tpm2", does: "from software into the TPM, both published meanwhile" },
    { line: "brevet issuer rotate --no-wait", does: "in a script: the next run takes the old key out" },
  ],
  async run({ flags: given, words }, context) {
    const { compose, output } = context;
    const signerOptions = parseSignerOptions(given["signer-option"]);
    const device = await compose.device(words["IDENTITY"]);
    const wanted = given.signer === undefined ? null : await chooseSigner(given.signer, signerOptions, context);
    warnIfWeaker(device, wanted?.residence ?? null, context);
    const book = await configKeyBook(device, wanted?.signer ?? null, context);
    warnIfLate(device, given.overlap, context);
    const input = {
      identity: device.name,
      issuer: requireIssuer(device),
      shared: device.options.sharedIssuer,
      overlapSeconds: seconds(given.overlap, OVERLAP_SECONDS, { min: 0, max: 30 * 86_400, where: "--overlap" }),
      wait: !given["no-wait"],
      rules: rulesOf(given),
    };
    const ports = await portsOf(device, book, given, context);
    const end = given.abandon ? await abandonRotation(input, ports) : await rotateKey(input, ports);
    if (given.json) output(jsonPage({ identity: device.name, ...end }));
    else report(device, end, given.abandon, context);
    return 0;
  },
});

/** Probed as `init` does, so that the config records what the hardware says about itself. Another signer never takes its place. */
async function chooseSigner(kind: string, options: Readonly<Record<string, unknown>>, context: Context) {
  const candidate = await requireSigner(kind, await signerCandidates(context, options));
  const settled = candidate.options ?? {};
  const { residence } = candidate.open("rotation", settled).description;
  return { signer: { kind, options: settled }, residence };
}

function warnIfWeaker({ name, signer }: OpenDevice, residence: "hardware" | "software" | null, { terminal }: Context): void {
  if (signer.description.residence !== "hardware" || residence !== "software") return;
  terminal.warn(`the new key of ${name} is in software, and the present one is in hardware: as you asked`);
}

/** How long the old key stays was settled by the run that switched. */
function warnIfLate({ name, options }: OpenDevice, overlap: string | undefined, { terminal }: Context): void {
  const { previous } = options.keys;
  if (overlap === undefined || previous === null) return;
  terminal.warn(
    `--overlap comes too late: ${name} has switched, and its old key stays published until ${formatUtc(previous.until)}`,
  );
}

async function portsOf(
  device: OpenDevice,
  book: ConfigKeyBook,
  given: FlagValues<typeof flags>,
  context: Context,
): Promise<RotateKeyPorts> {
  const { compose, terminal } = context;
  const { name } = device;
  const issuer = requireIssuer(device);
  const reach = reachOf(given, context);
  const http = () => compose.http(reach);
  const destinations = await knownDestinations(device, given.to, context);
  const { generated, published } = await compose.issuerCopies(name);
  return {
    book,
    generated,
    published,
    destinations: destinations.map(({ publisher }) => publisher),
    verify: async (signer) => void (await verifyIssuer({ issuer }, { http: await http(), signer, published })),
    probes: await keyProbes({ identity: name, issuer, place: book.place }, http, context),
    clock: compose.clock satisfies Clock,
    notices: terminal,
    progress: terminal.progress,
    tempo: systemTempo,
  };
}

function rulesOf(given: FlagValues<typeof flags>): ProbeRules {
  const rounds = given.rounds === undefined ? ROUNDS : Number(given.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
    throw new Fault("USAGE_INVALID", `--rounds "${given.rounds}" is not a number from 1 to 100`);
  }
  const patienceSeconds = seconds(given.patience, PATIENCE_SECONDS, { min: 0, max: 86_400, where: "--patience" });
  return { rounds, pauseSeconds: PAUSE_SECONDS, patienceSeconds };
}

function seconds(text: string | undefined, otherwise: number, range: Parameters<typeof parseDuration>[1]): number {
  return text === undefined ? otherwise : parseDuration(text, range);
}

function report({ name }: OpenDevice, end: RotationEnd, abandoned: boolean, { output, terminal }: Context): void {
  for (const { algorithm, kid } of end.keys) output(`${algorithm} ${kid}\n`);
  const again = `brevet issuer rotate ${name}${abandoned ? " --abandon" : ""}`;
  if (end.state === "to-upload") {
    terminal.say(`next: upload the two files below ${end.folder} to the issuer URL`);
    terminal.say(`then: \`${again}\`, which goes on from here`);
  } else if (end.state === "overlapping") {
    terminal.say(`the old key stays published until ${formatUtc(end.until)}; after that \`${again}\` takes it out`);
  } else {
    terminal.say(
      abandoned ? `${name} keeps its key; the new one is gone` : `the old key of ${name} is published nowhere any more`,
    );
  }
}
