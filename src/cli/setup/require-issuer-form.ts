import { Fault } from "../../core/fault.ts";
import { issuerFormProblem } from "../../trust/aws/issuer-form.ts";

/** @throws {Fault} `URL_INVALID` for an issuer that AWS could never be told to trust. */
export function requireIssuerForm(issuer: string, name: string): void {
  const problem = issuerFormProblem(issuer);
  if (problem !== null) throw issuerFormFault({ issuer, name, problem, cloud: "AWS" });
}

/** @throws {Fault} `URL_INVALID` for an issuer by http, which no cloud fetches. */
export function requireHttpsIssuer(issuer: string, name: string, cloud: string): void {
  const problem = "it does not begin with https://, as every cloud asks for";
  if (!issuer.startsWith("https://")) throw issuerFormFault({ issuer, name, problem, cloud });
}

/** What is wrong with an issuer that a cloud could never be told to trust. */
export function issuerFormFault(found: Readonly<Record<"issuer" | "name" | "problem" | "cloud", string>>): Fault {
  const { issuer, name, problem, cloud } = found;
  return new Fault("URL_INVALID", `the issuer ${issuer} of the identity ${name} cannot be trusted by ${cloud}: ${problem}`, {
    hints: [
      "a login server on trial serves other audiences: for clouds begin one with `brevet serve --issuer https://id.example.com --data DIR`, in a new folder",
    ],
  });
}
