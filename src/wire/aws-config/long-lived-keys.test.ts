import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { longLivedKeys } from "./long-lived-keys.ts";
import { parseAwsConfig } from "./parse.ts";

const KEY = "AKIAABCDEFGHIJKLMNOP";
const OTHER = "AKIAQRSTUVWXYZABCDEF";

function look(texts: { config?: string; credentials?: string; variable?: string }) {
  const { config = "", credentials = "", variable } = texts;
  const files = [
    { path: "config", config: parseAwsConfig(config, "config"), form: "config" },
    { path: "credentials", config: parseAwsConfig(credentials, "credentials"), form: "credentials" },
  ] as const;
  return longLivedKeys(files, { AWS_ACCESS_KEY_ID: variable });
}

describe("long-lived keys of the AWS tools", () => {
  it("are named with each profile that leads to them, however far", () => {
    const config = [
      ...["[profile base]", "region = eu-west-1", "[profile prod]", "role_arn = a", "source_profile = base"],
      ...["[profile deep]", "role_arn = b", "source_profile = prod", "[profile self]", "role_arn = c", "source_profile = self"],
      ...[
        "[profile mine]",
        "credential_process = /usr/bin/brevet credential aws",
        "[profile lost]",
        "source_profile = nobody",
        "",
      ],
    ].join("\n");
    const credentials = `[base]\naws_access_key_id = ${KEY}\n[self]\naws_access_key_id = ${OTHER}\n[copy]\naws_access_key_id = ${KEY}\n`;
    assert.deepEqual(look({ config, credentials }), [
      { id: KEY, places: ["[base] of credentials", "[copy] of credentials"], profiles: ["base", "prod", "deep", "copy"] },
      { id: OTHER, places: ["[self] of credentials"], profiles: ["self"] },
    ]);
  });

  it("are those of the credentials where a profile has others in the config, which are named all the same", () => {
    const config = `[profile base]\naws_access_key_id = ${OTHER}\n`;
    assert.deepEqual(look({ config, credentials: `[base]\naws_access_key_id = ${KEY}\n` }), [
      { id: OTHER, places: ["[profile base] of config"], profiles: [] },
      { id: KEY, places: ["[base] of credentials"], profiles: ["base"] },
    ]);
  });

  it("may be the environment's", () => {
    const config = "[profile ci]\nrole_arn = a\ncredential_source = Environment\n";
    assert.deepEqual(look({ config, variable: KEY }), [{ id: KEY, places: ["AWS_ACCESS_KEY_ID"], profiles: ["ci"] }]);
    assert.deepEqual(look({ config, variable: "ASIAABCDEFGHIJKLMNOP" }), []);
  });

  it("are not those of sessions; and profiles in a circle end", () => {
    const config = "[profile a]\nsource_profile = b\n[profile b]\nsource_profile = a\n";
    assert.deepEqual(look({ config, credentials: "[s]\naws_access_key_id = ASIAABCDEFGHIJKLMNOP\n" }), []);
  });
});
