import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/**
 * Has the OpenID provider's models and errors say their names themselves, which a minifier takes away: it finds lifetimes and kinds of
 * tokens by the names of its classes, and its errors are told apart by theirs.
 */
export const withClassNames: Plugin = {
  name: "with-class-names",
  setup(build) {
    build.onLoad(
      { filter: /oidc-provider[\\/]lib[\\/](?:models[\\/]\w+|helpers[\\/](?:re_render_)?errors)\.js$/ },
      ({ path }) => ({
        contents: readFileSync(path, "utf8").replace(
          /class ([A-Z]\w*)((?: extends [\w.()]+)?) \{/g,
          (_, name: string, parent: string) => `class ${name}${parent} { static get name() { return "${name}"; }`,
        ),
        loader: "js",
      }),
    );
  },
};
