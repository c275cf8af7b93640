import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Fault } from "../../core/fault.ts";
import type { Delivery, DeliveryParts } from "./delivery.ts";

/** What syslog deliveries are made with. */
export interface SyslogParts extends Pick<DeliveryParts, "host" | "authority"> {
  readonly deadlineMs: number;
}

/**
 * The audit log as syslog messages, one for each line, whose text is the line.
 *
 * TLS (RFC 5425) and TCP (RFC 6587 §3.4.1): a connection for each delivery, which ends it and waits until the receiver has read to the
 * end and closes. Syslog has no answer, and this is the nearest to one. UDP (RFC 5426): what is lost on the way is lost.
 *
 * @see RFC 5424
 */
export function syslogDelivery(url: URL, { host, authority, deadlineMs }: SyslogParts): Delivery {
  const [, transport] = url.protocol.replace(":", "").split("+");
  const target = { host: url.hostname.replace(/[[\]]/g, ""), port: Number(url.port || (transport === "tls" ? 6514 : 514)) };
  return async (lines) => {
    const messages = lines.map((line) => Buffer.from(syslogMessage(line, host)));
    try {
      if (transport === "udp") await sendDatagrams(messages, target);
      else
        await sendStream(
          messages,
          await connected(transport === "tls" ? { authority: authority() } : null, target, deadlineMs),
          deadlineMs,
        );
    } catch (cause) {
      throw new Fault("AUDIT_UNDELIVERED", `${url.host} does not take the audit log by syslog`, { cause });
    }
  };
}

/** Facility 13, "log audit". */
const FACILITY = 13;
const WARNING = 4;
const INFORMATIONAL = 6;

/** RFC 5424 §6: `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG`. */
function syslogMessage(line: string, host: string): string {
  const event = JSON.parse(line) as {
    readonly time?: number;
    readonly status_id?: number;
    readonly metadata?: { readonly event_code?: string };
    readonly checkpoint?: string;
  };
  const severity = event.status_id === 2 ? WARNING : INFORMATIONAL;
  const at = event.time ?? checkpointTime(event.checkpoint ?? "{}");
  const what = event.metadata?.event_code ?? (event.checkpoint === undefined ? "export" : "checkpoint");
  return `<${FACILITY * 8 + severity}>1 ${new Date(at).toISOString()} ${host} brevet - ${what} - ${line}`;
}

function checkpointTime(body: string): number {
  const { at } = JSON.parse(body) as { readonly at?: number };
  return (at ?? 0) * 1000;
}

interface Target {
  readonly host: string;
  readonly port: number;
}

async function connected(
  tls: { readonly authority: string | null } | null,
  { host, port }: Target,
  deadlineMs: number,
): Promise<Socket> {
  const trust = tls === null || tls.authority === null ? {} : { ca: tls.authority };
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = tls === null ? connect(port, host) : connectTls({ host, port, ...name, ...trust });
  socket.setTimeout(deadlineMs, () => socket.destroy(new Error("no answer in time")));
  await once(socket, tls === null ? "connect" : "secureConnect");
  return socket;
}

/** Each message behind its length. It resolves when the receiver has closed its side too, which it does behind the last message. */
async function sendStream(messages: readonly Buffer[], socket: Socket, deadlineMs: number): Promise<void> {
  const cut = setTimeout(() => socket.destroy(new Error("no answer in time")), deadlineMs);
  try {
    socket.resume();
    const closed = once(socket, "end");
    socket.end(Buffer.concat(messages.flatMap((message) => [Buffer.from(`${message.length} `), message])));
    await closed;
  } finally {
    clearTimeout(cut);
    socket.destroy();
  }
}

async function sendDatagrams(messages: readonly Buffer[], { host, port }: Target): Promise<void> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  try {
    for (const message of messages) {
      await new Promise<void>((sent, failed) => {
        socket.send(message, port, host, (cause) => (cause === null ? sent() : failed(cause)));
      });
    }
  } finally {
    socket.close();
  }
}
