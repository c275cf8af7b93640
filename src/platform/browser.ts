import type { Environment } from "./paths.ts";

/** Opens a page in a browser. @returns whether that worked as far as can be told in a moment. */
export type OpenBrowser = (url: string) => Promise<boolean>;

/** How long a program that opens browsers may take to say that it cannot, in milliseconds. */
const DOUBT_MS = 1500;

/**
 * The browser that was chosen, else the program that `BROWSER` names, else the system's. A sign-in begins at a page on this
 * machine, so a browser on another one is of no use. The address is among the browser's arguments: it must hold no secret.
 *
 * @param chosen a program's name or path; on macOS an application's name.
 */
export function systemBrowser(environment: Environment, chosen: string | null): OpenBrowser {
  const named = environment["BROWSER"];
  if (chosen === null && named) return (url) => startNamed(named, url, environment);
  return async (url) => {
    if (chosen === null && noScreen(environment) !== null) return false;
    try {
      const { default: open } = await import("open");
      return await survives(await open(url, chosen === null ? {} : { app: { name: chosen } }));
    } catch {
      return false;
    }
  };
}

/** Why no browser of this machine can show itself to the person; null where one can. */
export function noScreen(environment: Environment): string | null {
  if (environment["BROWSER"]) return null;
  if (environment["SSH_CONNECTION"] || environment["SSH_TTY"]) return "you are here over SSH";
  if (process.platform === "win32" || process.platform === "darwin") return null;
  const hasDisplay = environment["DISPLAY"] || environment["WAYLAND_DISPLAY"] || environment["WSL_DISTRO_NAME"];
  return hasDisplay ? null : "this machine has no screen";
}

/** Without a shell, and with the page as its one argument. */
async function startNamed(program: string, url: string, environment: Environment): Promise<boolean> {
  // Few calls for a person need a browser. Imported above, this would be loaded in the executable by all of them.
  const { spawn } = await import("node:child_process");
  return new Promise((resolve) => {
    const child = spawn(program, [url], { detached: true, stdio: "ignore", env: { ...environment } });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      void survives(child).then(resolve);
    });
  });
}

interface Started {
  once(event: "exit", listener: (code: number | null) => void): unknown;
}

/** Some end at once and well, some stay as long as the browser; only one that ends badly has opened nothing. */
function survives(child: Started): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, DOUBT_MS, true);
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}
