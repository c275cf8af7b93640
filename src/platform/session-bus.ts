import type { Environment } from "./paths.ts";

/**
 * Whether a session bus answers: `absent` when nothing listens, `silent` when what listens does not speak.
 *
 * The keychain library connects in a call that blocks and that has no limit, so a bus that hangs (stopped, swapped out)
 * would hang the program for ever. This asks first, as a client of the bus does, and hangs up.
 *
 * @see D-Bus Specification 0.43, "Authentication Protocol", "Server Addresses"
 */
export type BusState = "answers" | "absent" | "silent" | "unknown";

/**
 * Says hello to the session bus and waits at most `patienceMs` for any answer.
 *
 * `unknown` for an address that is not a local socket: those are left to the library.
 *
 * @param environment the library reads that of the process, so only a test gives another one.
 */
export async function askSessionBus(patienceMs: number, environment: Environment = process.env): Promise<BusState> {
  const path = busSocket(environment);
  if (path === null) return "unknown";
  const greet = greetInBun() ?? (await greetInNode());
  // The answer may be OK or REJECTED: either way somebody is there.
  const greeting = `\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.() ?? 0)).toString("hex")}\r\n`;
  return new Promise((resolve) => {
    const finish = (state: BusState): void => {
      clearTimeout(timer);
      hangUp();
      resolve(state);
    };
    const timer = setTimeout(finish, patienceMs, "silent");
    const hangUp = greet(path, greeting, finish);
  });
}

/** Sends a greeting to a local socket and tells, later, what became of it. @returns what hangs up. */
type Greet = (path: string, greeting: string, tell: (state: BusState) => void) => () => void;

async function greetInNode(): Promise<Greet> {
  const { connect } = await import("node:net");
  return (path, greeting, tell) => {
    const socket = connect(path);
    socket.once("data", () => tell("answers"));
    socket.once("error", () => tell("absent"));
    socket.once("end", () => tell("absent"));
    socket.write(greeting);
    return () => socket.destroy();
  };
}

interface BunSocket {
  write(text: string): void;
  terminate(): void;
}

interface BunSockets {
  connect(options: { unix: string; socket: Readonly<Record<string, (socket: BunSocket) => void>> }): Promise<BunSocket>;
}

/** Bun's own sockets; its copy of `node:net` takes 6 ms to load, half of what reading a keychain takes. */
function greetInBun(): Greet | null {
  const { Bun } = globalThis as { Bun?: BunSockets };
  if (Bun === undefined) return null;
  return (path, greeting, tell) => {
    const socket = {
      open: (opened: BunSocket) => opened.write(greeting),
      data: () => tell("answers"),
      close: () => tell("absent"),
      connectError: () => tell("absent"),
    };
    const connected = Bun.connect({ unix: path, socket });
    connected.catch(() => tell("absent"));
    return () => void connected.then((opened) => opened.terminate()).catch(() => undefined);
  };
}

/** The socket of the first local address; without a variable, where systemd puts the bus of a user. */
export function busSocket(environment: Environment): string | null {
  const addresses = environment["DBUS_SESSION_BUS_ADDRESS"];
  if (addresses === undefined || addresses === "") {
    const runtime = environment["XDG_RUNTIME_DIR"];
    return runtime === undefined || runtime === "" ? null : `${runtime}/bus`;
  }
  const match = /^unix:(?:[^;]*,)?(path|abstract)=([^,;]*)/.exec(addresses);
  if (match === null) return null;
  const name = unescapeAddress(match[2] ?? "");
  return match[1] === "abstract" ? `\0${name}` : name;
}

function unescapeAddress(value: string): string {
  return value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
