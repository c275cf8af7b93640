import { Fault } from "../../core/fault.ts";
import type { Answer, Route } from "../http/route.ts";
import { statusOf } from "../http/status.ts";
import { spendRecoveryCode } from "../people/recovery-codes.ts";
import { html } from "./html.ts";
import { pageAnswer, seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { pageRoute, requireSameOrigin } from "./visitor.ts";

/** For a person who has lost every key and kept a code: it leads to a link that registers a new key. */
export function recoverRoutes({ organisation, party, now }: PageParts): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/recover",
      answer: async () => codePage(organisation, null),
    },
    pageRoute(organisation, {
      method: "POST",
      path: "/recover",
      body: "form",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        try {
          const secret = await spendRecoveryCode(unit, request.form.get("code") ?? "", request.address, now());
          return seeOther(`/invite/${secret}`);
        } catch (cause) {
          if (!(cause instanceof Fault) || cause.code !== "INVITE_ENDED") throw cause;
          return codePage(organisation, cause);
        }
      },
    }),
  ];
}

/** @param refused the code that was typed before; it is not shown again. */
function codePage(organisation: string, refused: Fault | null): Answer {
  const said = refused === null ? null : html`<p role="alert" class="bad">That did not work: ${refused.message}.</p>`;
  const content = html`${said}<p>Type one of the codes that you made when you had a key.</p><form method="post" action="/recover">
<label>Code<input name="code" required maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false" autofocus></label>
<div class="choice"><button>Continue</button></div></form>
<p class="soft">Without a code, ask two administrators to let you in again.</p>`;
  return pageAnswer(
    { title: "Register a new key", organisation, content },
    { status: refused === null ? 200 : statusOf(refused.code) },
  );
}
