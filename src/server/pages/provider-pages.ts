import { ENDPOINTS } from "../../wire/brevet-api/endpoints.ts";
import type { ProviderPages } from "../provider/pages.ts";
import { type Html, html, providerMarkup } from "./html.ts";
import { absentPage, document } from "./page.ts";

const PROBLEMS = {
  wrong: "There is no such code, or it is too old.",
  stopped: "You stopped it: that device is not let in.",
  failed: "That did not work. Begin again on the device.",
};

const MET = "Another page of this browser did something here at the same moment, and came first.";

/** The pages that the OpenID provider shows. Its forms have no button: a page's buttons name them. */
export function providerPages(organisation: string): ProviderPages {
  const page = (title: string, content: Html): string => document({ title, content, organisation });
  return {
    error: (error, reason) => page("This did not work", html`<p role="alert">${reason}</p><p><code>${error}</code></p>`),
    deviceCode: (form, problem) =>
      page(
        "Connect a device",
        html`<p id="what">Type the code that your terminal or device shows.</p>
<p role="alert">${problem === null ? null : PROBLEMS[problem]}</p>${providerMarkup(labelled(form))}
<div class="choice"><button form="op.deviceInputForm">Continue</button></div>`,
      ),
    deviceConfirm: (form, client, code, from) =>
      page(
        "Is this your device?",
        html`<p><strong>${client}</strong> asks to act for you, and shows this code:</p><p class="code">${code}</p>
${whereFrom(from)}<p>Continue only if you see the same code on a device of yours, and began this yourself.</p>${providerMarkup(form)}
<div class="choice"><button form="op.deviceConfirmForm">It is the same code</button>
<button class="quiet" form="op.deviceConfirmForm" name="abort" value="yes">Stop</button></div>`,
      ),
    deviceDone: (client) =>
      page("Connected", html`<p class="good" role="status">${client} is signed in.</p><p>You can close this page.</p>`),
    logout: (form) =>
      page(
        "Sign out?",
        html`<p>In this browser, applications let you in without your key. Once you have signed out, they ask for it again. Machines
that you have signed in stay signed in.</p>${providerMarkup(form)}<div class="choice"><button form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button class="quiet" form="op.logoutForm">Stay signed in</button></div>`,
      ),
    absent: () => absentPage(organisation),
    overtaken: (again) =>
      again === null
        ? page(
            "This came second",
            html`<p role="alert">${MET}</p><p>What you sent was not done. Look whether it is done already, and begin
again if it is not.</p>`,
          )
        : page("One moment", html`<p role="status">${MET} It tries again by itself.</p><p><a href="${again}">Try it now</a></p>`),
    unavailable: () =>
      page("Not at the moment", html`<p role="alert">The server cannot reach its database. Try again in a moment.</p>`),
    loggedOut: () =>
      page("Signed out", html`<p role="status">You can close this page.</p><p><a href="/account">To your account</a></p>`),
    notLoggedOut: () =>
      page("Still signed in", html`<p role="status">You can close this page.</p><p><a href="/account">To your account</a></p>`),
    logoutTooOld: () =>
      page(
        "This page is too old",
        html`<p role="alert">Nobody was signed out, because another page of this browser has done something here since.</p>
<p><a href="${ENDPOINTS.logout}">Sign out</a></p>`,
      ),
  };
}

/** All that a person sees of whoever sent them a code. */
function whereFrom({ device, browser }: { readonly device: string; readonly browser: string }): Html {
  if (device === browser) return html`<p>It was asked for from <strong>${device}</strong>, where this browser is too.</p>`;
  return html`<dl><dt>Asked for from</dt><dd>${device}</dd><dt>This browser is at</dt><dd>${browser}</dd></dl>`;
}

/** The provider's field has only a placeholder, which a screen reader does not take for a name. */
function labelled(form: string): string {
  return form.replace('type="text"', 'type="text" aria-label="Code" aria-describedby="what" autocapitalize="characters"');
}
