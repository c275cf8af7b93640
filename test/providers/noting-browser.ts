import { existsSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";

/** A program for `BROWSER` that opens nothing, but writes down what it was to open, for a real browser that a test drives. */
export interface NotingBrowser {
  readonly program: string;
  /** The next page that was to be opened; waits for one. */
  next(): Promise<string>;
  /** Whether a page waits to be taken. */
  has(): boolean;
}

export function notingBrowser(home: string): NotingBrowser {
  const [program, noted] = [join(home, "note-url"), join(home, "opened")];
  writeFileSync(program, `#!/bin/sh\nprintf %s "$1" > '${noted}.new' && mv '${noted}.new' '${noted}'\n`, { mode: 0o755 });
  const has = (): boolean => existsSync(noted);
  return {
    program,
    has,
    async next() {
      while (!has()) await pause(50);
      const url = readFileSync(noted, "utf8");
      unlinkSync(noted);
      return url;
    },
  };
}

/** A Chromium without a screen, for which a name is a port of this machine: `{ "id.example": 8443 }`. */
export function launchChromium(hosts: Readonly<Record<string, number>>): Promise<Browser> {
  const rules = Object.entries(hosts).map(([host, port]) => `MAP ${host} 127.0.0.1:${port}`);
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      `--host-resolver-rules=${rules.join(", ")}`,
      "--ignore-certificate-errors",
    ],
  });
}
