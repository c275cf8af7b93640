import type { Finding } from "../verdict.ts";
import { type CelOutcome, evaluateCel } from "./cel.ts";
import { PAGES } from "./pages.ts";
import type { GcpProvider } from "./provider.ts";

/** Whom a provider makes of a token: what IAM's principals are written with. */
export interface GcpPrincipal {
  /** `projects/123456789/locations/global/workloadIdentityPools/brevet` */
  readonly pool: string;
  /** `google.subject` */
  readonly subject: string;
  /** `google.groups` */
  readonly groups: readonly string[];
  /** `attribute.NAME`, by NAME. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The mapped principal, or what went wrong; `undecided` where this version cannot evaluate what Google can. */
export type MappingOutcome =
  | { readonly kind: "mapped"; readonly principal: GcpPrincipal }
  | { readonly kind: "refused" | "undecided"; readonly because: Finding };

const MAX_SUBJECT_BYTES = 127;
const MAX_TOTAL_BYTES = 8192;

/** Evaluates the attribute mapping of a provider over a token's claims. */
export function mapAttributes(provider: GcpProvider, claims: Readonly<Record<string, unknown>>): MappingOutcome {
  const mapped = new Map<string, string | readonly string[]>();
  for (const [attribute, expression] of Object.entries(provider.attributeMapping)) {
    const outcome = evaluateCel(expression, { assertion: claims });
    const problem = problemWith(attribute, expression, outcome);
    if (problem !== null) return problem;
    if (outcome.kind === "text" || outcome.kind === "texts") mapped.set(attribute, outcome.value);
  }
  const subject = String(mapped.get("google.subject") ?? "");
  const groups = mapped.get("google.groups") ?? [];
  const custom = [...mapped].filter(([name]) => name.startsWith("attribute."));
  const principal: GcpPrincipal = {
    pool: provider.pool,
    subject,
    groups: typeof groups === "string" ? [groups] : groups,
    attributes: Object.fromEntries(custom.map(([name, value]) => [name.slice("attribute.".length), String(value)])),
  };
  const size = sizeProblem(subject, mapped);
  return size === null ? { kind: "mapped", principal } : { kind: "refused", because: size };
}

function problemWith(attribute: string, expression: string, outcome: CelOutcome): MappingOutcome | null {
  const at = `attributeMapping ${attribute}`;
  if (outcome.kind === "unknown") {
    const meaning = `brevet cannot evaluate ${expression}: ${outcome.message}`;
    return { kind: "undecided", because: { at, wanted: [expression], saw: null, meaning, source: PAGES.mapping } };
  }
  if (outcome.kind === "text" || (outcome.kind === "texts" && attribute === "google.groups")) return null;
  const meaning =
    outcome.kind === "error"
      ? `the expression cannot be evaluated over this token: ${outcome.message}`
      : `the expression gives ${typeName(outcome)}, and ${attribute} has to be ${attribute === "google.groups" ? "texts" : "a text"}`;
  return { kind: "refused", because: { at, wanted: [expression], saw: null, meaning, source: PAGES.mapping } };
}

function typeName(outcome: CelOutcome): string {
  if (outcome.kind === "truth") return "true or false";
  return outcome.kind === "other" ? outcome.type : "a list";
}

function sizeProblem(subject: string, mapped: ReadonlyMap<string, string | readonly string[]>): Finding | null {
  const bytes = Buffer.byteLength(subject);
  const finding = (at: string, wanted: string, saw: string, meaning: string): Finding => ({
    at,
    wanted: [wanted],
    saw: [saw],
    meaning,
    source: PAGES.provider,
  });
  if (bytes === 0) return finding("attributeMapping google.subject", "a text", "an empty one", "the subject is empty");
  if (bytes > MAX_SUBJECT_BYTES) {
    const meaning = "Google takes no longer subject: map it to a shorter part, with `extract`";
    return finding("attributeMapping google.subject", `at most ${MAX_SUBJECT_BYTES} bytes`, `${bytes} bytes`, meaning);
  }
  const total = [...mapped.values()].flat().reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  if (total <= MAX_TOTAL_BYTES) return null;
  return finding("attributeMapping", `at most ${MAX_TOTAL_BYTES} bytes`, `${total} bytes`, "the mapped attributes are too large");
}
