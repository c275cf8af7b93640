import { Fault } from "../../core/fault.ts";
import { LACKING } from "../../wire/brevet-api/lacking.ts";
import { LEVELS } from "../../wire/brevet-api/levels.ts";
import { exampleRulesText, ruleKeys } from "../../wire/brevet-api/rule-form.ts";
import type { Route, ServerRequest } from "../http/route.ts";
import { findPersonNamed, groupsOf } from "../people/person.ts";
import { decide } from "../rules/decide.ts";
import { parseRules, replaceRules, rulesDocument } from "../rules/stored-rules.ts";
import type { Unit } from "../store/unit.ts";
import { type AdminPage, change, look } from "./administer.ts";
import { isStale, requireVersion, type Shown, versionField } from "./form-version.ts";
import { type Html, html, withCode } from "./html.ts";
import { seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { table } from "./table.ts";

const PATH = "/admin/rules";

/** The page of the rules for tokens: the list as it is kept, and a trial of it. */
export function adminRulesRoutes(parts: PageParts): readonly Route[] {
  const page: AdminPage = {
    path: PATH,
    async content(visitor, request, unit, refusal) {
      const document = await rulesDocument(unit);
      const saved = JSON.stringify(JSON.parse(document ?? "[]"), null, 2);
      const fields = html`${visitor.formField}${versionField(rulesNow(document), request.form, refusal)}`;
      const now = isStale(refusal) ? html`<h2>Saved now</h2><pre><code>${saved}</code></pre><h2>Yours</h2>` : null;
      return html`${now}${editor(request.form.get("rules") ?? saved, fields)}${await trial(parts, document, request, unit)}`;
    },
  };
  return [
    look(parts, page),
    change(
      parts,
      PATH,
      async ({ by }, { form }, unit) => {
        const before = await rulesDocument(unit);
        requireVersion(rulesNow(before), form);
        replaceRules(unit, before, parseRules(readList(form.get("rules") ?? "")), by);
        return seeOther(PATH);
      },
      page,
    ),
  ];
}

function readList(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch (cause) {
    throw new Fault("NAME_INVALID", `this is not JSON: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
  throw new Fault("NAME_INVALID", "the rules are a list: `[` … `]`");
}

const rulesNow = (document: string | null): Shown => ({ what: "the rules", now: document });

function editor(text: string, hidden: Html): Html {
  return html`<p>The first rule that is about a request decides. With no rule, everybody may have every token; with one, what no rule
allows is denied.</p><form method="post" action="${PATH}">${hidden}
<label>Rules <small>a list in JSON, in their order</small><textarea name="rules" spellcheck="false" rows="8">${text}</textarea></label>
<button>Save</button></form>${form()}`;
}

/** How a rule is written, which an empty list does not show. */
function form(): Html {
  const keys = ruleKeys().map(({ key, value, doc }) => [html`<code>${key}</code>`, value, withCode(doc)]);
  return html`<details><summary>How a rule is written</summary><p>A rule has a name and an effect, and is about the requests that fit every
other key that it has. With these, contractors have no production role, operators have them if they used their key within the hour, and
developers and operators have the roles for development; everything else is denied.</p><pre><code>${exampleRulesText()}</code></pre>
${table("keys of a rule", ["Key", "Value", "Meaning"], keys)}</details>`;
}

async function trial(
  { party }: PageParts,
  document: string | null,
  { query, address }: ServerRequest,
  unit: Unit,
): Promise<Html> {
  const [wanted, role, level] = [query.get("person") ?? "", query.get("role") ?? "", query.get("level") ?? "passkey"];
  const levels = LEVELS.map((each) =>
    each === level ? html`<option selected>${each}</option>` : html`<option>${each}</option>`,
  );
  const form = html`<h2>Try the saved rules</h2><form class="fields" method="get" action="${PATH}"><label>Person
<input name="person" value="${wanted}" required autocomplete="off" placeholder="alice@example.com"></label>
<label class="long">Role <small>none: a token without one</small><input name="role" value="${role}" autocomplete="off" placeholder="arn:aws:iam::111122223333:role/dev"></label>
<label>Signed in by<select name="level">${levels}</select></label><button class="quiet">Who decides?</button></form>`;
  if (wanted === "") return form;
  const person = await findPersonNamed(unit, wanted);
  if (person === null) return html`${form}<p role="status">There is no person ${wanted}.</p>`;
  const decision = decide(parseRules(JSON.parse(document ?? "[]") as unknown[]), {
    email: person.email,
    groups: await groupsOf(unit, person.id),
    audience: party.origin,
    role: role === "" ? null : role,
    level: LEVELS.find((each) => each === level) ?? null,
    secondsSinceSignIn: 0,
    address,
  });
  const by = decision.rule === null ? "no rule is about it" : `by the rule ${decision.rule}`;
  const lacks = decision.allowed || decision.needs === null ? "" : `, which wants ${LACKING[decision.needs]}`;
  return html`${form}<p role="status"><strong>${decision.allowed ? "Allowed" : "Denied"}</strong>: ${by}${lacks}.</p>`;
}
