import { EVERY_CALL } from "../../scripts/bundle/every-call.ts";
import type { AmbientSite, ImportSite } from "./scan.ts";

/**
 * Who may import whom: the table of ARCHITECTURE.md in a form that a machine reads. A file is in the area of its first
 * folder below `src`; a file of a kind (`src/signers/tpm2/…`) may also import its own folder.
 */

/** One row of the table. */
interface Area {
  /** Areas below `src` that may be imported. An area may always import itself, except where `kinds` says otherwise. */
  readonly may: readonly string[];
  /** Each folder of the area is a kind: it may import itself but no sibling. */
  readonly kinds?: true;
  /** Takes values and gives values: no module of Node that does I/O or tells the time. */
  readonly pure?: true;
  /** Folders of the area, each with those beside or above it, which it may not import. */
  readonly apart?: Readonly<Record<string, readonly string[]>>;
  /** Files (relative to `src`) that may reach every kind, the sandbox and the server; `dynamic`: only by `import()`, but for what every call runs. */
  readonly composer?: { readonly files: readonly string[]; readonly by: "dynamic" | "any" };
}

const ABOVE_STORE = ["provider", "people", "pages", "admin"];
const ABOVE_PEOPLE = ["pages", "admin"];

const KIND: Area = { may: ["core", "wire", "trust", "setup", "platform"], kinds: true };

/** The direction rules, area by area. */
export const AREAS: Readonly<Record<string, Area>> = {
  core: { may: [], pure: true },
  wire: { may: ["core"], pure: true },
  trust: { may: ["core", "wire"], pure: true },
  setup: { may: ["core", "wire", "trust"], pure: true },
  platform: { may: ["core"] },
  signers: KIND,
  identities: KIND,
  exchanges: KIND,
  outlets: KIND,
  stores: KIND,
  publishers: KIND,
  provisioners: KIND,
  "sign-in": { may: ["core", "wire", "trust", "setup", "platform"] },
  flows: { may: ["core", "wire", "trust", "setup"] },
  sandbox: { may: ["core", "wire", "trust", "platform"] },
  server: {
    may: ["core", "wire", "trust", "platform"],
    apart: {
      http: ABOVE_STORE,
      store: ABOVE_STORE,
      audit: ABOVE_STORE,
      keys: ABOVE_STORE,
      provider: ["people", ...ABOVE_PEOPLE],
      people: ["provider", ...ABOVE_PEOPLE],
    },
    composer: { files: ["server/compose.ts"], by: "any" },
  },
  cli: {
    may: ["core", "wire", "trust", "setup", "platform", "flows"],
    composer: {
      files: [
        "cli/compose.ts",
        "cli/composition.ts",
        "cli/kinds.ts",
        "cli/exchange-kinds.ts",
        "cli/identity-kinds.ts",
        "cli/session-kinds.ts",
        "cli/session-provider.ts",
        "cli/client-keys.ts",
        "cli/setup-kinds.ts",
      ],
      by: "dynamic",
    },
  },
};

/** Modules of Node that only turn values into values. */
const PURE_NODE_MODULES = new Set(["node:buffer", "node:crypto", "node:path", "node:url", "node:util"]);

/** Packages that only some areas may load, and why. */
const PACKAGES: readonly { readonly matches: RegExp; readonly areas: readonly string[]; readonly why: string }[] = [
  {
    matches: /^@(aws-sdk|azure|google-cloud)\/|^googleapis$/,
    areas: ["publishers", "provisioners"],
    why: "cloud SDKs cost 45 ms at start",
  },
  {
    matches: /^jose$/,
    areas: ["sandbox", "server", "trust", "sign-in", "publishers", "cli"],
    why: "what jose verifies is signed without jose, so that one bug cannot agree with itself",
  },
  { matches: /^@napi-rs\/keyring$/, areas: ["stores"], why: "the keychain has one door" },
];

/** Ambient things and the files (relative to `src`, a folder ends in `/`) that may touch them. */
const AMBIENT_PLACES: Readonly<Record<string, readonly string[]>> = {
  "process.env": ["cli/main.ts", "cli/compose.ts", "platform/"],
  "process.exit": ["cli/"],
  "process.stdout": ["cli/", "platform/"],
  "Date.now": ["platform/"],
  "Math.random": ["platform/"],
  fetch: ["platform/"],
  console: [],
  globalThis: ["platform/"],
};

/** Why the table does not allow an import; null when it does. `import` sites of tests are not asked about. */
export function judgeImport(site: ImportSite): string | null {
  const from = placeOf(site.from);
  const area = from === null ? undefined : AREAS[from.area];
  if (from === null || area === undefined) return "lies in no area of the table";
  if (site.target === null) return "imports what only the running program knows, so nothing can be said about it";
  if (site.target.startsWith("node:")) return judgeNode(from.area, area, site.target);
  if (!site.target.startsWith("src/")) return judgePackage(from.area, site.target);
  return judgeNeighbour(site, site.target, from, area);
}

function judgeNeighbour(site: ImportSite, target: string, from: Place, area: Area): string | null {
  const to = placeOf(target);
  if (to === null) return "imports a file that lies in no area of the table";
  if (target.endsWith(".test.ts")) return "imports a test";
  if (to.area === from.area && area.apart?.[from.kind ?? ""]?.includes(to.kind ?? "")) return `may not import ${to.kind}`;
  if (to.area === from.area && (!area.kinds || to.kind === from.kind)) return null;
  if (area.may.includes(to.area)) return null;
  if (area.composer?.files.some((file) => site.from === `src/${file}`)) {
    if (area.composer.by === "any" || site.form !== "static" || EVERY_CALL.includes(target)) return null;
    return `loads src/${to.area} at start: only \`import()\` is allowed here`;
  }
  return to.area === from.area ? `imports its sibling ${to.kind ?? "beside it"}` : `may not import ${to.area}`;
}

function judgeNode(name: string, area: Area, module: string): string | null {
  if (name === "core") return "is core, which imports nothing";
  return area.pure && !PURE_NODE_MODULES.has(module) ? `is pure and may not import ${module}` : null;
}

function judgePackage(name: string, target: string): string | null {
  if (/^(test|scripts)\//.test(target)) return `imports ${target}, which is not shipped`;
  if (name === "core") return "is core, which imports nothing";
  const rule = PACKAGES.find((candidate) => candidate.matches.test(target));
  return rule === undefined || rule.areas.includes(name) ? null : `may not load ${target}: ${rule.why}`;
}

/** Why an ambient thing may not be touched there; null when it may. */
export function judgeAmbient(site: AmbientSite): string | null {
  const places = AMBIENT_PLACES[site.name] ?? [];
  const inside = site.from.slice("src/".length);
  const allowed = places.some((place) => (place.endsWith("/") ? inside.startsWith(place) : inside === place));
  return allowed ? null : `may not touch ${site.name}: it is handed in`;
}

interface Place {
  readonly area: string;
  /** The folder below the area: of the kind, where the area has kinds. */
  readonly kind: string | null;
}

function placeOf(path: string): Place | null {
  const [top, area, ...rest] = path.split("/");
  if (top !== "src" || area === undefined || rest.length === 0) return null;
  return { area, kind: rest.length > 1 ? (rest[0] ?? null) : null };
}
