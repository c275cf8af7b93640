import { Fault } from "../../core/fault.ts";
import { NAME_PATTERN } from "./config.ts";

/** Enough to recognise a whole page that was given instead of a name. */
const SHOWN = 60;

/** Returns a name that an identity or a profile may have: files are named by it. @throws {Fault} `NAME_INVALID` */
export function requireName(name: string, noun: "identity" | "profile"): string {
  if (NAME_PATTERN.test(name)) return name;
  const shown = name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name;
  const suggested = name
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|-+$/g, "")
    .slice(0, 64);
  const such = suggested === "" || name.length > SHOWN ? "" : `, such as \`${suggested}\``;
  throw new Fault("NAME_INVALID", `"${shown}" cannot be the name of ${noun === "identity" ? "an identity" : "a profile"}`, {
    hints: [`use 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first${such}`],
  });
}
