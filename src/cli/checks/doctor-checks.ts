import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "../../core/fault.ts";
import { listed } from "../../core/listed.ts";
import { posixWord } from "../../core/posix-word.ts";
import { publishCommand } from "../../core/publish-command.ts";
import { awsFileChecks } from "../../flows/checks/aws-file-checks.ts";
import type { Check, CheckResult } from "../../flows/checks/checks.ts";
import { issuerChecks } from "../../flows/checks/issuer-checks.ts";
import { setupChecks } from "../../flows/checks/setup-checks.ts";
import { awsFiles } from "../../platform/aws-files.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { isProgram } from "../../platform/processes/is-program.ts";
import { readUserFile, requireReplaceable, requireWritableFolder } from "../../platform/user-file.ts";
import type { Config } from "../../wire/brevet-config/config.ts";
import { isServedNowhere } from "../../wire/issuer-documents/issuer-url.ts";
import type { Context } from "../command.ts";
import type { HttpReach } from "../composition.ts";
import { everySigner, keysOfAll } from "../device/device-keys.ts";
import { givenKeyChecks } from "../device/given-places.ts";
import { type KeyReport, publishedPlace, reportKeys } from "../device/key-report.ts";
import { guardKinds } from "../kinds.ts";
import { FIRST_IDENTITY } from "../select.ts";
import { profileChecks } from "./profile-checks.ts";

/** What `doctor` looks at: without `reach` only this machine. */
export async function doctorChecks(reach: HttpReach | null, context: Context): Promise<readonly Check[]> {
  const config = await configOrFault(context);
  if (config instanceof Fault) return [{ name: "config", run: () => Promise.reject(config) }, ...fileChecks(null, context)];
  const devices = [...config.identities.values()].filter(({ kind }) => kind === "device").map(({ name }) => name);
  const local = [
    { name: "config", run: async () => checkConfig(config, context) },
    { name: "store", run: () => checkStore(context) },
    { name: "folders", run: async () => checkFolders(context) },
    ...devices.map((name) => ({ name: `${name}: keys`, run: () => checkKeys(name, context) })),
    ...(await setupChecks((await context.compose.plans()).records)),
    ...fileChecks([...config.profiles.keys()], context),
  ];
  if (reach === null) return local;
  const remote: Check[] = [];
  for (const name of devices) remote.push(...(await issuerChecksOf(name, config, reach, context)));
  const profiles = profileChecks(config.profiles.values(), context).map(
    ({ name, run }): Check => ({ name: `profile ${name}`, asksHosts: true, run }),
  );
  return [...local, ...remote, ...profiles];
}

async function configOrFault({ compose }: Context): Promise<Config | Fault> {
  try {
    return await compose.config();
  } catch (cause) {
    if (cause instanceof Fault) return cause;
    throw cause;
  }
}

/** Every profile, as far as it can be checked without asking anybody. */
async function checkConfig({ identities, profiles }: Config, { compose, paths }: Context): Promise<CheckResult> {
  if (identities.size === 0) {
    const hint = `${FIRST_IDENTITY}; a build job or a cloud's machine needs none: \`--identity ambient\``;
    return { outcome: "bad", text: "there is no identity yet", hint };
  }
  if (profiles.size === 0) {
    return { outcome: "warn", text: "there is no profile yet", hint: "`brevet setup aws --role ARN` makes one" };
  }
  for (const profile of profiles.keys()) await (await compose.profilePath({ profile, overrides: {} })).check();
  return {
    outcome: "good",
    text: `identities: ${listed(identities.keys())}; profiles: ${listed(profiles.keys())}; in ${paths.configFile}`,
  };
}

async function checkStore(context: Context): Promise<CheckResult> {
  const { compose } = context;
  const guard = await compose.guard();
  await (await compose.store()).list("keys");
  await guard.load();
  if (!compose.hasStoreKey()) return { outcome: "unknown", text: `none yet; it would be in ${guard.summary}` };
  if (guard.strength !== "file") return { outcome: "good", text: guard.summary };
  const stronger = await strongerGuard(context);
  if (stronger === null) return { outcome: "good", text: guard.summary };
  return { outcome: "warn", text: guard.summary, hint: await storeHint(stronger, context) };
}

/** What would guard the store better than the file that was chosen for it, and answers on this machine now. */
async function strongerGuard({ compose, paths }: Context): Promise<"keychain" | "tpm" | null> {
  try {
    await (await guardKinds(privateFiles(), paths).keychain()).open("").load();
    return "keychain";
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
  }
  const chip = (await compose.signerKinds()).find(({ kind }) => kind === "tpm2");
  return (await chip?.probe({}))?.usable ? "tpm" : null;
}

/**
 * On a full disk credentials are still handed out, but not kept. Whoever may write to the config's folder can put another file in the
 * place of the config.
 */
function checkFolders({ paths }: Context): CheckResult {
  for (const folder of [dirname(paths.configFile), paths.stateFolder, paths.cacheFolder]) requireWritableFolder(folder);
  requireReplaceable(readUserFile(paths.configFile)?.path ?? paths.configFile);
  return { outcome: "good", text: "config, state and cache can be written" };
}

/** A store keeps the guard that it was made with. People who sign in lose nothing by another one, and a device is another one then. */
async function storeHint(guard: "keychain" | "tpm", { compose, paths }: Context): Promise<string> {
  const { identities } = await compose.config();
  const away = (path: string): string => `mv ${posixWord(path)} ${posixWord(`${path}.old`)}`;
  const device = [...identities.values()].find(({ kind }) => kind === "device");
  return device === undefined
    ? `a ${WORDS[guard]} answers here; to use it, everybody signs in anew: \`brevet logout --all && ${away(paths.stateFolder)}\`, then \`brevet login --store ${guard}\``
    : `a ${WORDS[guard]} answers here; to use it, give up this identity, its key and every profile, and set up each trust anew: \`brevet unsetup --all && ${away(paths.stateFolder)} && ${away(paths.configFile)}\`, then \`brevet init ${device.name} --store ${guard}\``;
}

const WORDS = { keychain: "keychain", tpm: "TPM" } as const;

async function checkKeys(name: string, { compose }: Context): Promise<CheckResult> {
  const device = await compose.device(name);
  const keys = await reportKeys(device, compose);
  const inUse = keys.filter(({ state }) => state === "in-use");
  if (inUse.length === 0) {
    return { outcome: "bad", text: "it has none", hint: `\`brevet issuer rotate ${name}\` makes one` };
  }
  const unpublished = inUse.find(({ published }) => !published);
  if (unpublished !== undefined) {
    const { issuer, keys: places } = device.options;
    const generate = `brevet issuer generate ${name}${issuer === null ? " --issuer https://…" : ""}`;
    return {
      outcome: "bad",
      text: `the ${unpublished.algorithm} key is not published${issuer === null ? ": it has no issuer URL yet" : ""}`,
      hint: `\`${generate}\`, then \`${publishCommand(name, places)}\``,
    };
  }
  const pending = keys.find(({ state }) => state !== "in-use");
  if (pending !== undefined) {
    const text = `a rotation is under way: the ${pending.state === "next" ? "next" : "replaced"} key is ${pending.kid}`;
    return { outcome: "warn", text, hint: `\`brevet issuer rotate ${name}\` goes on` };
  }
  return { outcome: "good", text: inUse.map(describeKey).join("; ") };
}

function describeKey(key: KeyReport): string {
  const { algorithm, signer } = key;
  return `${algorithm} in ${signer.residence} (${signer.kind}), recorded as published: ${publishedPlace(key)}`;
}

function fileChecks(profiles: readonly string[] | null, { environment }: Context): readonly Check[] {
  const { config, credentials } = awsFiles(environment);
  const read = (path: string) => ({ path, text: existsSync(path) ? readFileSync(path, "utf8") : null });
  return awsFileChecks({ config: read(config), credentials: read(credentials), environment, profiles, isProgram });
}

async function issuerChecksOf(identity: string, config: Config, reach: HttpReach, context: Context): Promise<readonly Check[]> {
  const { compose } = context;
  const device = await compose.device(identity);
  const { options, signer } = device;
  const { issuer } = options;
  // The check of this identity's keys reports that.
  if (issuer === null) return [];
  if (isServedNowhere(issuer)) return givenKeyChecks(device, issuer, context);
  const http = await compose.http(reach);
  const needed = [...config.profiles.values()].map(({ exchange }) => exchange).map((exchange) => VERIFIERS[exchange] ?? exchange);
  const hints = {
    unpublished: `\`${publishCommand(identity, options.keys)}\``,
    refused: (verifier: string) => `\`brevet issuer verify ${identity} --for ${verifier}\` says it at length`,
  };
  const every = keysOfAll(await everySigner(device, compose));
  const alone = { keys: () => every.publicKeys(), shared: options.sharedIssuer };
  return issuerChecks(
    { identity, issuer, keys: () => signer.publicKeys(), needed, alone, hints },
    { http, clock: compose.clock },
  );
}

/** The cloud that verifies for an exchange, where it has another name. */
const VERIFIERS: Readonly<Record<string, string>> = { azure: "entra" };
