import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/**
 * A program for `BROWSER` that hands each address to this process, where a person stands for it.
 *
 * @param open settles when the person is done.
 */
export async function browserThatCalls(
  folder: string,
  open: (url: string) => Promise<void>,
): Promise<{ readonly program: string; close(): void }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("open") ?? "";
    // The program ends at once, as one does that opens a tab.
    response.end();
    open(url).catch((cause: unknown) => console.error(`the person at the browser: ${String(cause)}`));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const program = join(folder, "browser.mjs");
  writeFileSync(
    program,
    `#!/usr/bin/env node\nawait fetch("http://127.0.0.1:${port}/?open=" + encodeURIComponent(process.argv[2] ?? ""));\n`,
  );
  chmodSync(program, 0o755);
  return { program, close: () => void server.close() };
}
