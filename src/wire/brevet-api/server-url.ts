import { Fault } from "../../core/fault.ts";

/** The URL exactly as tokens name it. A slash at the end, as browsers copy it, is left away. @throws {Fault} `URL_INVALID` */
export function parseLoginServerUrl(text: string, where: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isUsable = url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "localhost");
  if (url !== null && isUsable && url.origin === text.replace(/\/$/, "")) return url.origin;
  throw new Fault("URL_INVALID", `${where} "${text}" is not the URL of a login server`, {
    hints: ["write it as `https://id.example.com`"],
  });
}
