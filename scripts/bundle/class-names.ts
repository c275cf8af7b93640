import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/**
 * Has the OpenID provider's models say their names themselves: it finds lifetimes and kinds of tokens by the names of its classes,
 * which a minifier takes away.
 */
export const withClassNames: Plugin = {
  name: "with-class-names",
  setup(build) {
    build.onLoad({ filter: /oidc-provider[\\/]lib[\\/]models[\\/]\w+\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(
        /class ([A-Z]\w*)((?: extends [\w.()]+)?) \{/g,
        (_, name: string, parent: string) => `class ${name}${parent} { static get name() { return "${name}"; }`,
      ),
      loader: "js",
    }));
  },
};
