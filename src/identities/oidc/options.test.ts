import assert from "node:assert/strict";
import { test } from "node:test";
import { placeIn } from "../../core/place.ts";
import { parseOidcOptions } from "./options.ts";

function authenticationOf(clientAuthentication: object): unknown {
  const raw = { issuer: "https://id.example", clientId: "cli", clientAuthentication };
  return parseOidcOptions(raw, placeIn(null, "identities.work")).clientAuthentication;
}

test("what another way of a client's proof would use is refused, not passed over", () => {
  const files = { certificate: "/c.pem", key: "/k.pem" };
  for (const [method, member, value] of [
    ["private_key_jwt", "certificate", "/c.pem"],
    ["client_secret_post", "key", "/k.pem"],
    ["client_secret_basic", "signer", "software"],
    ["tls_client_auth", "signer", "software"],
  ] as const) {
    const own = method === "private_key_jwt" ? { signer: "software" } : method === "tls_client_auth" ? files : {};
    assert.doesNotThrow(() => authenticationOf({ method, ...own }));
    assert.throws(
      () => authenticationOf({ method, ...own, [member]: value }),
      { code: "CONFIG_MALFORMED" },
      `${method} ${member}`,
    );
  }
});
