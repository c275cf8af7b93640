import { AUDIT } from "../../wire/brevet-api/admin/audit.ts";
import { detailsInWords } from "../../wire/brevet-api/admin/in-words.ts";
import { defineApiCommand, LIST_FLAGS, pagingOf } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin audit list",
  description:
    "For looking something up. What proves that nothing is missing is the export: `brevet admin audit export`. " +
    "Who was removed is known to the log by an id; `--person` with the address that they had finds it.",
  flags: {
    ...LIST_FLAGS,
    event: { kind: "text", value: "NAME", doc: "only events of that name: token.refused" },
    person: {
      kind: "text",
      value: "PERSON",
      doc: "only what they did and what was done to them: an e-mail address or id, also of who was removed",
    },
  },
  examples: [
    { line: "brevet admin audit list --limit 20", does: "the last twenty events" },
    { line: "brevet admin audit list --person bob@example.com", does: "what Bob did, and who changed what of his" },
    { line: "brevet admin audit list --event token.refused --person bob@example.com", does: "why Bob gets no token" },
  ],
  async perform({ flags }, call) {
    const { event: name, person } = flags;
    const query = { ...pagingOf(flags), ...(name === undefined ? {} : { name }), ...(person === undefined ? {} : { person }) };
    const { value } = await call(AUDIT.list, { query });
    const rows = value.items.map((event) => [
      { at: event.at, seconds: true as const, tone: "dim" as const },
      { text: event.name, tone: "strong" as const },
      { text: event.actor === null ? "the server" : (event.actor.email ?? event.actor.id) },
      { text: event.address ?? "" },
      { text: detailsInWords(event.details, event.person) },
    ]);
    return {
      value,
      shown: { header: ["at", "event", "by", "from", "details"], rows, next: value.next, none: "there is no such event" },
    };
  },
});
