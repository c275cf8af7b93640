import { Fault } from "../../core/fault.ts";
import type { Delivery, DeliveryParts } from "./delivery.ts";
import { syslogDelivery } from "./syslog.ts";

/** A receiver that does not answer in this time is tried again later. */
const DEADLINE_MS = 10_000;

/** Checks where the audit log is to be pushed. @throws {Fault} `URL_INVALID` */
export function parseDestination(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const syslog = /^syslog\+(tls|tcp|udp):$/.test(url?.protocol ?? "");
  if (
    url === null ||
    !(url.protocol === "https:" || url.protocol === "http:" || syslog) ||
    url.hostname === "" ||
    url.password !== ""
  ) {
    throw new Fault("URL_INVALID", `"${text}" is nowhere that an audit log can be pushed to`, {
      hints: [
        "write `https://siem.example.com/events`, `syslog+tls://logs.example.com:6514`, `syslog+tcp://…` or `syslog+udp://…`",
      ],
    });
  }
  return url;
}

/** The way to a destination. */
export function deliveryTo(destination: string, parts: DeliveryParts): Delivery {
  const url = parseDestination(destination);
  return url.protocol.startsWith("syslog")
    ? syslogDelivery(url, { ...parts, deadlineMs: DEADLINE_MS })
    : webhookDelivery(url, parts);
}

/** `POST` of lines of JSON; any 2xx says that the receiver has them. */
function webhookDelivery(url: URL, { http, authorization }: DeliveryParts): Delivery {
  return async (lines) => {
    const value = authorization();
    const { status } = await http({
      method: "POST",
      url: url.href,
      headers: { "content-type": "application/x-ndjson", ...(value === null ? {} : { authorization: value }) },
      body: `${lines.join("\n")}\n`,
      deadlineMs: DEADLINE_MS,
    });
    if (status < 200 || status > 299)
      throw new Fault("AUDIT_UNDELIVERED", `${url.host} answers ${status} to what the audit log holds`);
  };
}
