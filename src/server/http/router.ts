import type { Route } from "./route.ts";

/** What a path leads to: a route and its parameters, the allowed methods where none fits, or nothing. */
export type Match =
  | { readonly kind: "route"; readonly route: Route; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: "method"; readonly allowed: readonly string[] }
  | { readonly kind: "none" };

/** Finds the route of a method and a path. `HEAD` is answered as `GET`. */
export type Router = (method: string, path: string) => Match;

interface Compiled {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** A router over a list of routes. @throws {TypeError} when two of them are the same. */
export function createRouter(routes: readonly Route[]): Router {
  const seen = new Set<string>();
  // Most paths are the provider's, and no route begins like them.
  const byBeginning = new Map<string, Compiled[]>();
  for (const route of routes) {
    const segments = route.path.split("/");
    const name = `${route.method} ${segments.map((segment) => (segment.startsWith(":") ? ":" : segment)).join("/")}`;
    if (seen.has(name)) throw new TypeError(`two routes for ${name}`);
    seen.add(name);
    const [, first = ""] = segments;
    if (first.startsWith(":")) throw new TypeError(`${name} would take every path`);
    byBeginning.set(first, [...(byBeginning.get(first) ?? []), { route, segments }]);
  }
  return (method, path) => {
    const given = path.split("/");
    const wanted = method === "HEAD" ? "GET" : method;
    const allowed: string[] = [];
    for (const { route, segments } of byBeginning.get(given[1] ?? "") ?? []) {
      if (segments.length !== given.length) continue;
      const parameters = matchSegments(segments, given);
      if (parameters === null) continue;
      if (route.method === wanted) return { kind: "route", route, parameters };
      allowed.push(route.method);
    }
    return allowed.length === 0 ? { kind: "none" } : { kind: "method", allowed };
  };
}

function matchSegments(segments: readonly string[], given: readonly string[]): Readonly<Record<string, string>> | null {
  const parameters: [string, string][] = [];
  for (const [index, segment] of segments.entries()) {
    const value = given[index] ?? "";
    if (!segment.startsWith(":")) {
      if (segment !== value) return null;
      continue;
    }
    const decoded = decodeSegment(value);
    if (decoded === "") return null;
    parameters.push([segment.slice(1), decoded]);
  }
  return Object.fromEntries(parameters);
}

/** A segment that is not percent-encoded UTF-8 stays as it is, and the route finds nothing of that name. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
