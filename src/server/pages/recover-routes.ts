import type { Route } from "../http/route.ts";
import { spendRecoveryCode } from "../people/recovery-codes.ts";
import { html } from "./html.ts";
import { pageAnswer, seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { pageRoute, requireSameOrigin } from "./visitor.ts";

/** For who has lost every key and kept a code: it leads to a link that registers a new one. */
export function recoverRoutes({ organisation, party, now }: PageParts): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/recover",
      async answer() {
        const content = html`<p>Type one of the codes that you made when you had a key.</p><form method="post" action="/recover">
<label>Code<input name="code" required maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false" autofocus></label>
<div class="choice"><button>Continue</button></div></form>
<p class="soft">Without a code, ask two administrators to let you in again.</p>`;
        return pageAnswer({ title: "Register a new key", organisation, content });
      },
    },
    pageRoute(organisation, {
      method: "POST",
      path: "/recover",
      body: "form",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        const secret = await spendRecoveryCode(unit, request.form.get("code") ?? "", request.address, now());
        return seeOther(`/invite/${secret}`);
      },
    }),
  ];
}
