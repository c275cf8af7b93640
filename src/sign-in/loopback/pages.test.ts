import assert from "node:assert/strict";
import { it } from "node:test";
import { cancelledPage, failedPage, htmlAnswer, landingPage, signedInPage } from "./pages.ts";

const PROVIDER = { issuer: "https://id.example.com", url: "https://id.example.com/auth" };

for (const [name, page] of Object.entries({
  landing: landingPage({ program: "aws", profile: "dev" }, PROVIDER),
  "signed in": signedInPage("alice@example.com"),
  failed: failedPage("it was refused", "SIGN_IN_REFUSED"),
  cancelled: cancelledPage(),
})) {
  it(`the page "${name}" has an icon that its own policy lets the browser load, so that none is asked for`, () => {
    const policy = htmlAnswer(200, page).headers["content-security-policy"] ?? "";
    const images = /(?:^|; )img-src ([^;]*)/.exec(policy)?.[1]?.split(" ");
    const [, scheme = ""] = /<link rel="icon" href="([a-z]+:)/.exec(page) ?? [];
    assert.deepEqual(images, [scheme]);
  });
}
