import { Fault } from "../../core/fault.ts";
import type { Answer, Route, ServerRequest } from "../http/route.ts";
import { activate, changeGroups, deactivate } from "../people/change-person.ts";
import { inviteNewcomer, openInvites, withdrawInvite } from "../people/invite.ts";
import { listPeople } from "../people/list-people.ts";
import { parseDisplayName, parseEmail, parseGroupName } from "../people/names.ts";
import { emailsOf, findPerson, type Person } from "../people/person.ts";
import { askedRecoveries, recover } from "../people/recover.ts";
import type { Unit } from "../store/unit.ts";
import { peoplePage } from "./admin-people-page.ts";
import { type AdminPage, adminLinks, change, look } from "./administer.ts";
import { html } from "./html.ts";
import { pageAnswer, seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { onPart, ROWS } from "./table.ts";

/** Below a list of people, and seldom many. */
const INVITES = 10;

/** The pages on which administrators invite people, put them into groups, and let them in and out. */
export function adminRoutes(parts: PageParts): readonly Route[] {
  const { organisation, now, party } = parts;
  const page: AdminPage = {
    path: "/admin",
    async content(visitor, { query, form, parameters }, unit) {
      const at = { people: query.get("after"), invites: query.get("invites"), wanted: (query.get("like") ?? "").trim() };
      const invites = await openInvites(unit, { cursor: at.invites, limit: INVITES }, now());
      const people = await listPeople(unit, { like: at.wanted }, { cursor: at.people, limit: ROWS });
      const asked = await askedRecoveries(unit, now());
      const names = await emailsOf(unit, [...asked.values(), ...invites.items.flatMap(({ madeBy }) => madeBy ?? [])]);
      return peoplePage({ visitor, query, people, invites, at, asked, names, typed: { form, person: parameters["id"] ?? null } });
    },
  };
  return [
    look(parts, page),
    change(
      parts,
      "/admin/invites",
      async ({ by }, { form }, unit) => {
        const email = parseEmail(form.get("email"));
        const name = parseDisplayName(form.get("name"), "the name");
        const groups = groupsIn(form.get("groups"));
        const { secret } = await inviteNewcomer(unit, { email, name, groups, now: now() }, by);
        return linkPage(organisation, name, `${party.origin}/invite/${secret}`, "three days");
      },
      page,
    ),
    change(parts, "/admin/invites/:digest/withdraw", async ({ by }, { parameters, query }, unit) => {
      await withdrawInvite(unit, parameters["digest"] ?? "", by);
      return seeOther(onPart("/admin", query));
    }),
    change(
      parts,
      "/admin/people/:id/groups",
      async ({ by }, { parameters, query, form }, unit) => {
        const { id } = await requirePerson(unit, parameters);
        // Only what was changed on this page, so that another administrator's change at the same time stays.
        const [shown, wanted] = [groupsIn(form.get("shown")), groupsIn(form.get("groups"))];
        const join = wanted.filter((group) => !shown.includes(group));
        const leave = shown.filter((group) => !wanted.includes(group));
        await changeGroups(unit, id, { join, leave, myself: form.has("myself") }, by);
        return seeOther(onPart("/admin", query));
      },
      page,
    ),
    change(parts, "/admin/people/:id/deactivate", async ({ by }, { parameters, form, query }, unit) => {
      await deactivate(unit, (await requirePerson(unit, parameters)).id, by, { myself: form.has("myself") });
      return seeOther(onPart("/admin", query));
    }),
    change(parts, "/admin/people/:id/activate", async ({ by }, { parameters, query }, unit) => {
      activate(unit, (await requirePerson(unit, parameters)).id, by);
      return seeOther(onPart("/admin", query));
    }),
    change(parts, "/admin/people/:id/recover", async ({ by }, { parameters }, unit) => {
      const lost = await requirePerson(unit, parameters);
      const secret = await recover(unit, lost, by, now());
      if (secret !== null) return linkPage(organisation, lost.name, `${party.origin}/invite/${secret}`, "an hour");
      const content = html`<p>You have asked that ${lost.name} be let in without a key. Another administrator has to agree within a
day, by the same button.</p>`;
      return pageAnswer({
        title: "Another administrator has to agree",
        organisation,
        links: adminLinks(null),
        wide: true,
        content,
      });
    }),
  ];
}

async function requirePerson(unit: Unit, { id = "" }: ServerRequest["parameters"]): Promise<Person> {
  const person = await findPerson(unit, id);
  if (person === null) throw new Fault("NAME_INVALID", "there is no such person");
  return person;
}

function groupsIn(text: string | undefined): readonly string[] {
  const names = (text ?? "").split(/[\s,]+/).filter((name) => name !== "");
  return [...new Set(names.map(parseGroupName))];
}

function linkPage(organisation: string, name: string, link: string, life: string): Answer {
  const content = html`<p>Send this link to ${name}. It registers one key, within ${life}, and is shown only now. Whoever has it is
taken for ${name}: send it by a way that only they read.</p><pre data-copy="Copy the link"><code>${link}</code></pre><p><a href="/admin">Back</a></p>`;
  return pageAnswer({ title: `A link for ${name}`, organisation, content });
}
