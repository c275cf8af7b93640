import { Fault } from "../../core/fault.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import { visibleJson } from "../../core/visible.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { decodeJwtUnverified, type UnverifiedJwt } from "../../wire/jwt/decode.ts";
import { defineCommand } from "../command.ts";
import { readGivenFile } from "../flags/read-given-file.ts";

export const command = defineCommand({
  path: "token inspect",
  description:
    "Reads the token from stdin: as an argument, other users of this machine could see it. Its signature is not shown.",
  flags: { json: { kind: "switch", doc: "header and claims as JSON" } },
  examples: [
    { line: "brevet token -a https://app.example.com | brevet token inspect", does: "a token of this device" },
    { line: "brevet token inspect < token.txt", does: "a token of anybody" },
  ],
  async run({ flags }, { compose, output }) {
    const jwt = decodeJwtUnverified(readToken());
    const { header, claims } = jwt;
    output(flags.json ? jsonPage({ verified: false, header, claims }) : describe(jwt, compose.clock.now()));
    return 0;
  },
});

/**
 * The token in a header or in the output of a program. @throws {Fault} `TOKEN_MALFORMED` of nothing; those of a file that cannot
 * be read.
 */
function readToken(): string {
  const given = readGivenFile("-").trim();
  if (given === "") {
    throw new Fault("TOKEN_MALFORMED", "nothing came in on stdin, so there is no token to show", {
      hints: ["look at what should have printed it: its own message is above", "`brevet token inspect < token.txt` reads a file"],
    });
  }
  return given.replace(/^(authorization:\s*)?bearer\s+/i, "");
}

/** Longer names, which are URLs, may stick out of the column. */
const WIDEST_NAME = 16;

function describe({ header, claims }: UnverifiedJwt, now: number): string {
  const lengths = Object.keys({ ...header, ...claims }).map((name) => printable(name).length);
  const width = Math.max(8, ...lengths.filter((length) => length <= WIDEST_NAME));
  const line = (name: string, value: unknown, comment = ""): string => {
    const text = typeof value === "string" ? printable(value) : visibleJson(value);
    return `${printable(name).padEnd(width)} ${text}${comment === "" ? "" : `   ${comment}`}`;
  };
  const lines = [
    "not verified: anybody could have made this",
    "",
    ...Object.entries(header).map(([name, value]) => line(name, value)),
    "",
    ...Object.entries(claims).map(([name, value]) => line(name, value, note(name, value, now))),
  ];
  return `${lines.join("\n")}\n`;
}

/** The text itself, or as a JSON string if it holds anything that a terminal would act on. */
function printable(text: string): string {
  const quoted = visibleJson(text);
  return quoted === `"${text}"` ? text : quoted;
}

function note(name: string, value: unknown, now: number): string {
  if (!["iat", "nbf", "exp", "auth_time"].includes(name) || typeof value !== "number" || Math.abs(value) > 1e11) return "";
  const away = Math.round(value - now);
  const distance = away < 0 ? `${formatDuration(-away)} ago` : `in ${formatDuration(away)}`;
  const warning = name === "exp" && away <= 0 ? ", expired" : name !== "exp" && away > 0 ? ", in the future" : "";
  return `${formatUtc(Math.trunc(value))}, ${distance}${warning}`;
}
