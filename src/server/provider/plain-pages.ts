import type { ProviderPages } from "./pages.ts";

/** The provider's pages without any look of their own: for a server that serves tokens and has its people sign in elsewhere. */
export function plainPages(organisation: string): ProviderPages {
  const page = (title: string, content: string): string =>
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${escaped(title)} – ${escaped(organisation)}</title></head><body><main><h1>${escaped(title)}</h1>${content}</main></body></html>`;
  const problems = { wrong: "<p role=alert>There is no such code.</p>", failed: "<p role=alert>That did not work.</p>" };
  return {
    error: (error, reason) => page("This did not work", `<p>${escaped(reason)}</p><p><code>${escaped(error)}</code></p>`),
    deviceCode: (form, problem) =>
      page(
        "Connect a device",
        `${problem === null ? "" : problems[problem]}${form}<button form="op.deviceInputForm">Continue</button>`,
      ),
    deviceConfirm: (form, client, code) =>
      page(
        "Is this your device?",
        `<p>${escaped(client)} shows this code:</p><p><code>${escaped(code)}</code></p>${form}` +
          `<button form="op.deviceConfirmForm">It is mine</button><button form="op.deviceConfirmForm" name="abort" value="yes">Stop</button>`,
      ),
    deviceDone: (client) => page("Connected", `<p>${escaped(client)} is signed in. You can close this page.</p>`),
    logout: (form) =>
      page(
        "Sign out?",
        `${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button><button form="op.logoutForm">Stay</button>`,
      ),
    loggedOut: () => page("Signed out", "<p>You can close this page.</p>"),
  };
}

/** Text inside of an element or of a quoted attribute. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
