import assert from "node:assert/strict";
import { isFaultName } from "../../../src/flows/get-credentials.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { PROVIDER, ROLE, type SamlIssuer, type Wanted, writeResponse } from "../saml-issuer.ts";
import { type BadInput, raisedBy } from "./bad-input.ts";
import type { SamlWorld } from "./saml-world.ts";

/** The cases of a SAML provider, or of somebody between it and us. */

/** Another role than the one of the profile, at the same provider. */
export const EVIL = `${ROLE}-admin,${PROVIDER}`;
const XXE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>';

/** The response as it would be sent, made by a provider at a time. */
type Response = (idp: SamlIssuer, now: number) => string;

/**
 * A response that has to be refused here: nothing is cached, and nothing is sent.
 *
 * @param sts what AWS's stand-in says to the same bytes; null where the client alone can refuse.
 */
export function response(title: string, make: Response, sts: string | null): readonly BadInput[] {
  return [
    given(title, (world) => {
      const text = base64(make(world.idp, world.sandbox.clock.seconds));
      const judged = async () => assert.equal(await world.stsCode(text), sts);
      return { text, check: sts === null ? async () => undefined : judged };
    }),
  ];
}

/** What is given in place of base64. */
export function encoded(title: string, text: string): readonly BadInput[] {
  return [given(title, () => ({ text, check: async () => undefined }))];
}

/** A response around an assertion with some changes. */
export function saying(changes: (now: number) => Partial<Wanted>): Response {
  return (idp, now) => writeResponse(idp.assertion(changes(now)));
}

export const TWO_ASSERTIONS: Response = (idp) => writeResponse(idp.assertion() + second(idp.assertion()));

/** The assertion moved away under another element, and a forged one in its place, as signature wrapping does. */
export const WRAPPED: Response = (idp) => {
  const forged = second(idp.assertion({ roles: [EVIL] }, { sign: false }));
  return writeResponse(`${forged}<samlp:Extensions>${idp.assertion()}</samlp:Extensions>`);
};

/** A forged assertion that carries the signature of another one. */
export const TRANSPLANTED: Response = (idp) =>
  writeResponse(second(idp.assertion({ roles: [EVIL], extra: signatureOf(idp.assertion()) }, { sign: false })));

/** A forged assertion, and beside it the signature of the good one. */
export const SIGNED_BESIDE: Response = (idp) =>
  writeResponse(second(idp.assertion({ roles: [EVIL] }, { sign: false })) + signatureOf(idp.assertion()));

/** A signature that names another element beside the one that it stands in. */
export const TWO_REFERENCES: Response = (idp) =>
  writeResponse(
    idp.assertion().replace(/<((?:\w+:)?Reference) [\s\S]*<\/\1>/, (own) => own + own.replace('URI="#a1"', 'URI="#r1"')),
  );

export const ONE_ID_TWICE: Response = (idp) => writeResponse(idp.assertion()).replace('ID="r1"', 'ID="a1"');

export const NO_ASSERTION: Response = () => writeResponse("");

/** Nobody who reads only where an assertion belongs would find it. */
export const DEEPER: Response = (idp) => writeResponse(`<samlp:Extensions>${idp.assertion()}</samlp:Extensions>`);

export const NO_RESPONSE: Response = (idp) =>
  writeResponse(idp.assertion()).replaceAll("urn:oasis:names:tc:SAML:2.0:protocol", "urn:example");

export const OTHER_NAMESPACE: Response = (idp) =>
  writeResponse(idp.assertion().replaceAll("urn:oasis:names:tc:SAML:2.0:assertion", "urn:example"));

export const OTHER_VERSION: Response = (idp) => writeResponse(idp.assertion().replace('Version="2.0"', 'Version="1.1"'));

export const UNSIGNED: Response = (idp) => writeResponse(idp.assertion({}, { sign: false }));

export const EXTERNAL_ENTITY: Response = (idp) => XXE + writeResponse(idp.assertion({ sessionName: "&x;" }, { sign: false }));

/** No signature covers a document type. */
export const DECLARED: Response = (idp) => `<!DOCTYPE Response>${idp.response()}`;

function second(assertion: string): string {
  return assertion.replace('ID="a1"', 'ID="a2"');
}

function signatureOf(assertion: string): string {
  return /<(?:\w+:)?Signature[ >][\s\S]*<\/(?:\w+:)?Signature>/.exec(assertion)?.[0] ?? assert.fail("there is no signature");
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

interface Given {
  readonly text: string;
  /** What else has to be so. */
  readonly check: () => Promise<void>;
}

function given(title: string, make: (world: SamlWorld) => Given): BadInput {
  return {
    title: `${title}, in SAML`,
    attempt: async ({ saml }) => {
      const { text, check } = make(saml);
      const store = memoryStore();
      const sent = saml.sandbox.records.length;
      const raised = await raisedBy(saml.redeem(text, { store }));
      const cached = (await store.list("credentials")).filter((name) => !isFaultName(name));
      const kept = { cached, calls: saml.sandbox.records.length - sent };
      await check();
      return { raised, kept, mustBeKept: { cached: [], calls: 0 } };
    },
  };
}
