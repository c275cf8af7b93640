import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readAnyXml } from "./any-xml.ts";
import type { Element } from "./element.ts";
import { readPlainXml } from "./plain-xml.ts";

/** The whole of it as data: what the parser gives is looked up member by member. */
function whole(element: Element | null): unknown {
  return element === null ? null : { name: element.name, text: element.text, children: element.children.map(whole) };
}

/** An answer as STS sends it, with the line breaks of today's. */
const ANSWER = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <Provider>arn:aws:iam::123456789012:oidc-provider/issuer.example/laptop</Provider>
    <AssumedRoleUser>
      <AssumedRoleId>AROAEXAMPLE:laptop</AssumedRoleId>
      <Arn>arn:aws:sts::123456789012:assumed-role/deploy/laptop</Arn>
    </AssumedRoleUser>
    <Credentials><SessionToken>a+/=</SessionToken><Expiration>2026-11-21T10:00:00Z</Expiration></Credentials>
    <PackedPolicySize/>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>
`;
const REFUSAL = `<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse><Error><Code>AccessDenied</Code><Message>not &lt;you&gt; &amp; &quot;them&quot;</Message></Error></ErrorResponse>`;

describe("what STS writes is read without the parser, and as the parser reads it:", () => {
  for (const [name, body] of Object.entries({ ANSWER, REFUSAL })) {
    test(name, () => {
      const read = readPlainXml(body);
      assert.notEqual(read, null);
      assert.deepEqual(whole(read), whole(readAnyXml(body)));
    });
  }
});

describe("is left to the parser:", () => {
  const others: Readonly<Record<string, string>> = {
    "a comment": "<a><!-- b --></a>",
    CDATA: "<a><![CDATA[b]]></a>",
    "the end of one": "<a>]]></a>",
    "a character reference": "<a>&#98;</a>",
    "an entity of its own": '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
    "an entity that nobody declared": "<a>&b;</a>",
    "a bare ampersand": "<a>b & c</a>",
    "an instruction": "<a><?b?></a>",
    "an attribute": '<a b="c"/>',
    "a prefix": "<b:a/>",
    "another end": "<a></b>",
    "an end alone": "</a>",
    "an end with a namespace": '<a></a xmlns="b">',
    "no end": "<a>b",
    "two roots": "<a/><b/>",
    "text before it": "b<a/>",
    "text behind it": "<a/>b",
    "a declaration that is not the first": ' <?xml version="1.0"?><a/>',
    "letters beyond ASCII": "<a>é</a>",
    "a carriage return": "<a>\r\n</a>",
    "a control character": "<a>\u0001</a>",
    nothing: "",
  };
  for (const [name, body] of Object.entries(others)) {
    test(name, () => assert.equal(readPlainXml(body), null));
  }
});

test("whatever is read is read as the parser reads it", () => {
  const words = ["a", "b", "x1", " ", "\n", "\t", "é", "]", "]]>", "&amp;", "&lt;", "&apos;", "&#9;", "&", "<", ">", "/"];
  const tags = ["<a>", "</a>", "<b>", "</b>", "<a/>", "<b />", "</a >", '<a xmlns="u:v">', '<a xmlns="" xmlns="">', '<a b="c">'];
  const around = [
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<?xml version="1.1"?>',
    "<!-- a -->",
    "<![CDATA[",
  ];
  const pieces = fc.constantFrom(...words, ...tags, ...around);
  const element = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      pieces,
      fc.array(tie("node"), { maxLength: 4 }).map((parts) => `<a>${parts.join("")}</a>`),
    ),
  })).node;
  let compared = 0;
  fc.assert(
    fc.property(fc.array(element, { maxLength: 6 }), (parts) => {
      const read = readPlainXml(parts.join(""));
      if (read === null) return;
      compared += 1;
      assert.deepEqual(whole(read), whole(readAnyXml(parts.join(""))));
    }),
    { numRuns: 5000 },
  );
  assert.ok(compared > 0);
});
