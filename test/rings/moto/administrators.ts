import { randomUUID } from "node:crypto";
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import type { Moto } from "./moto-server.ts";

/** What `--print-admin-policy` prints. */
export interface AdminPolicy {
  readonly Version: string;
  readonly Statement: readonly { readonly Action: readonly string[]; readonly Resource: readonly string[] }[];
}

/** An administrator who may do that and no more. */
export async function administrator(moto: Moto, policy: unknown): Promise<Readonly<Record<string, string>>> {
  const UserName = randomUUID();
  await moto.iam.send(new CreateUserCommand({ UserName }));
  await moto.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "p", PolicyDocument: JSON.stringify(policy) }));
  const { AccessKey: key } = await moto.iam.send(new CreateAccessKeyCommand({ UserName }));
  return {
    AWS_ENDPOINT_URL: moto.url,
    AWS_ACCESS_KEY_ID: key?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: key?.SecretAccessKey ?? "",
  };
}

/** moto judges the calls that it is sent, and takes every resource for `*`. */
export function withoutResources({ Version, Statement }: AdminPolicy, lacking: string): unknown {
  const Action = Statement.flatMap((statement) => statement.Action).filter((action) => action !== lacking);
  return { Version, Statement: [{ Effect: "Allow", Action, Resource: "*" }] };
}

/** Has moto judge every call that is made during the work. */
export async function judging(moto: Moto, work: () => Promise<void>): Promise<void> {
  const count = (calls: string): Promise<Response> => fetch(`${moto.url}/moto-api/reset-auth`, { method: "POST", body: calls });
  await count("0");
  try {
    await work();
  } finally {
    await count("Infinity");
  }
}
