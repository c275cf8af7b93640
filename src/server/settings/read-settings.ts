import { join } from "node:path";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { placeIn } from "../../core/place.ts";
import { Secret } from "../../core/secret.ts";
import { parseDuration } from "../../core/time.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { readJsonc } from "../../wire/brevet-config/read-jsonc.ts";
import { parseDestination } from "../audit/destination.ts";
import { parseListen, parseNetworks, parseServerUrl } from "./addresses.ts";
import { readAttestationSettings } from "./attestation-settings.ts";
import type { ServerSettings } from "./settings.ts";

const text = (description: string) => v.optional(v.pipe(v.string(), v.description(description)));

const perMinute = (description: string, least = 1) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(1_000_000_000), v.description(description)));

/** The schema of `server.json`; the reference is made from it. */
export const serverSettingsSchema = v.strictObject({
  issuer: text(
    "The URL at which people and clouds reach the server: `https://` and a host. Default: `http://localhost:PORT`, for a trial.",
  ),
  listen: text("Where it listens, `HOST:PORT`. Default: `127.0.0.1:8080`."),
  database: text("`postgres://…` for more than one instance. Default: a SQLite database in the data folder."),
  certificate: text("A PEM file with the certificate and its chain, to serve TLS; with `key`."),
  key: text("The PEM file of the certificate's private key."),
  trustedProxies: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description("Addresses or networks of reverse proxies whose `X-Forwarded-For` is believed: `10.0.0.0/8`. Default: none."),
    ),
  ),
  session: text("How long after a sign-in tokens are handed out, up to `24h`. Default: `8h`."),
  resources: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description("Resource servers for which OpenID clients may ask access tokens, by their URLs (RFC 8707). Default: none."),
    ),
  ),
  exchangeClients: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description(
        "Registered OpenID clients that may exchange a person's session for tokens, as brevet's own may. Default: none.",
      ),
    ),
  ),
  internalNetworks: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description(
        "Networks that are not public and into which URLs of registered clients may lead: `10.2.0.0/16`. Default: none.",
      ),
    ),
  ),
  auditPush: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description(
        "Where every line of the audit log is pushed: `https://…` (a webhook), `syslog+tls://HOST:PORT`, `syslog+tcp://…`, `syslog+udp://…`. Default: nowhere.",
      ),
    ),
  ),
  auditAuthority: text(
    "A PEM file with the authority of the certificates that syslog receivers show. Default: the runtime's authorities.",
  ),
  auditKeep: text(
    "How long rows of the audit log are kept in the database, a day at least: `400d`. Nothing is cut that a destination of `auditPush` has not taken. Default: for ever.",
  ),
  auditConfirm: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "Whether nothing of the audit log is cut before an administrator has confirmed an export of it, by `brevet admin audit confirm`. Default: no.",
      ),
    ),
  ),
  metricsNetworks: v.optional(
    v.pipe(v.array(v.string()), v.description("From where `/metrics` may be read. Default: loopback.")),
  ),
  requestsPerMinute: perMinute(
    "Requests of one address, in IPv6 of one /64, to the OAuth endpoints and the pages in a minute. Default: 6000.",
  ),
  registrationsPerMinute: perMinute(
    "Registrations of OpenID clients by one address in a minute; 0: nobody but an administrator makes one. Default: 20.",
    0,
  ),
  exchangesPerMinute: perMinute("Tokens for clouds and other audiences that one person may have in a minute. Default: 600."),
  organisation: text("The name that people see on the pages. Default: the host of the issuer."),
  attestation: v.optional(
    v.pipe(
      v.looseObject({}),
      v.description(
        "Which security keys are known by their makers (`attested`), and whether others are taken. Default: every key is taken.",
      ),
    ),
  ),
});

/** At least a day, so that no typing error cuts recent events; at most a hundred years. */
const KEPT = { min: 86_400, max: 36_500 * 86_400, where: "`auditKeep` in server.json" };

/** What the flags of `brevet serve` say; each is stronger than the file. */
export type SettingsOverrides = {
  readonly [Name in keyof v.InferOutput<typeof serverSettingsSchema>]?: string | number | boolean | readonly string[] | undefined;
};

/** The file in the data folder. */
export const SETTINGS_FILE = "server.json";

/**
 * Reads the settings of the server in a data folder.
 *
 * @param known the issuer that the database has, where neither the flags nor the file name one.
 * @throws {Fault} `CONFIG_MALFORMED`, `CONFIG_KEY_UNKNOWN`, `URL_INVALID`, `DURATION_INVALID`; those of a private file.
 */
export function readSettings(
  files: PrivateFiles,
  dataFolder: string,
  overrides: SettingsOverrides,
  known: { readonly issuer?: string } = {},
): ServerSettings {
  const file = join(dataFolder, SETTINGS_FILE);
  const bytes = files.read(file);
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const raw = bytes === null ? {} : readJsonc(new TextDecoder().decode(bytes), file);
  if (!isJsonObject(raw)) throw new Fault("CONFIG_MALFORMED", `${file} has to be an object`, { details: { at: file } });
  const parsed = parseOptions(serverSettingsSchema, { ...known, ...raw, ...given }, placeIn(null, SETTINGS_FILE));
  const listen = parseListen(parsed.listen ?? "127.0.0.1:8080");
  if (listen.port === 0 && parsed.issuer === undefined) {
    throw new Fault("URL_INVALID", "port 0 is any that is free, and the server's name has to say which", {
      hints: ["name a port: `--listen 127.0.0.1:8080`; or say at which URL people reach it: `--issuer https://id.example.com`"],
    });
  }
  const issuer = parseServerUrl(parsed.issuer ?? new URL(`http://localhost:${listen.port}`).origin);
  return {
    issuer,
    listen,
    dataFolder,
    database: databaseOf(parsed.database, dataFolder),
    tls: tlsOf(parsed.certificate, parsed.key),
    trustedProxies: parseNetworks(parsed.trustedProxies ?? []),
    sessionSeconds: parseDuration(parsed.session ?? "8h", { min: 300, max: 86_400, where: "`session` in server.json" }),
    resources: parsed.resources ?? [],
    exchangeClients: parsed.exchangeClients ?? [],
    internalNetworks: parseNetworks(parsed.internalNetworks ?? []),
    auditPush: (parsed.auditPush ?? []).map((each) => parseDestination(each).href),
    auditAuthorityFile: parsed.auditAuthority ?? null,
    auditKeepSeconds: parsed.auditKeep === undefined ? null : parseDuration(parsed.auditKeep, KEPT),
    auditConfirm: parsed.auditConfirm ?? false,
    metricsNetworks: parseNetworks(parsed.metricsNetworks ?? ["127.0.0.0/8", "::1"]),
    limits: {
      requestsPerMinute: parsed.requestsPerMinute ?? 6000,
      registrationsPerMinute: parsed.registrationsPerMinute ?? 20,
      exchangesPerMinute: parsed.exchangesPerMinute ?? 600,
    },
    attestation: readAttestationSettings(parsed.attestation, dataFolder),
    organisation: parsed.organisation ?? new URL(issuer).hostname,
  };
}

function databaseOf(url: string | undefined, dataFolder: string): ServerSettings["database"] {
  if (url === undefined) return { kind: "sqlite", file: join(dataFolder, "brevet.sqlite") };
  if (/^postgres(ql)?:\/\//.test(url)) return { kind: "postgres", url: new Secret("database URL", url) };
  throw new Fault("URL_INVALID", "the database is not named by a URL that begins with postgres://", {
    hints: ["`--database postgres://…`; without one it is SQLite, in the data folder"],
  });
}

function tlsOf(certificateFile: string | undefined, keyFile: string | undefined): ServerSettings["tls"] {
  if (certificateFile === undefined && keyFile === undefined) return null;
  if (certificateFile !== undefined && keyFile !== undefined) return { certificateFile, keyFile };
  throw new Fault("CONFIG_MALFORMED", "a certificate needs its key, and a key its certificate: name both files");
}
