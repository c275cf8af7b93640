import { existsSync } from "node:fs";
import pg from "pg";
import { Fault } from "../../../core/fault.ts";

/** Where Debian's and Red Hat's builds have their socket. Their own has it in `/tmp`, where any user of the machine can put another. */
export const SOCKET_FOLDER = "/var/run/postgresql";

/**
 * Has a URL without a host mean the socket of this machine, as libpq reads it; `PGHOST` is stronger, and a host in the URL strongest.
 * The driver would go to `localhost` by TCP, where the server of a package asks for a password that its socket does without, and where
 * another user can listen while that server is away: so the folder counts, whether its socket is there at the moment or not.
 *
 * @see PostgreSQL, Connection URIs; Parameter Key Words, `host`; Preventing Server Spoofing
 */
export function preferLocalSocket(folder: string): void {
  if (existsSync(folder)) pg.defaults.host = folder;
}

const URL_HINT =
  "`--database postgres://USER@HOST:5432/NAME`, or `--database postgres:///NAME?host=/var/run/postgresql` for a socket";

/** @throws {Fault} `URL_INVALID`, `FILE_UNREADABLE` for a URL, or a certificate that it names, that the driver cannot read. */
export function requireReadable(settings: pg.ClientConfig): void {
  try {
    new pg.Client(settings);
  } catch (cause) {
    const { path, code } = cause as { readonly path?: unknown; readonly code?: unknown };
    if (typeof path === "string")
      throw new Fault("FILE_UNREADABLE", `${path}, which the URL of the database names, cannot be read: ${code}`, { cause });
    throw new Fault("URL_INVALID", "the URL of the database is none", { hints: [URL_HINT] });
  }
}

/** What the first call of a database that does not answer fails by, in words: the driver's own may quote the password. */
export function unreached(cause: unknown, settings: pg.ClientConfig): Fault {
  const { host, port, user = "", database = "" } = new pg.Client(settings);
  const place = host.startsWith("/") ? `at the socket in ${host}` : `at ${host}:${port}`;
  const code = String((cause as { readonly code?: unknown } | null)?.code ?? "");
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nothing listens there",
    ENOENT: "there is no socket there",
    EACCES: "the socket may not be used",
    ENOTFOUND: "its name is not known",
    "28P01": `it refuses the user "${user}" with that password`,
    "28000": `it does not let the user "${user}" in`,
    "3D000": `it has no database "${database}"`,
    "53300": "it takes no more connections",
    "57P03": "it is starting or stopping",
  };
  return new Fault("DATABASE_UNAVAILABLE", `PostgreSQL ${place} cannot be used: ${reasons[code] ?? "it does not answer"}`, {
    hints: [URL_HINT],
    cause,
  });
}
