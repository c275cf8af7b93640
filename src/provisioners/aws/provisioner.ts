import { randomUUID } from "node:crypto";
import {
  CreateStackCommand,
  DeleteStackCommand,
  type Parameter,
  type Tag,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { Fault } from "../../core/fault.ts";
import { awsCall } from "../../platform/aws-sdk/call.ts";
import {
  allParameters,
  ownerOf,
  parameterOf,
  parseStackState,
  TRUST_TEMPLATE,
  TRUST_TEMPLATE_MARK,
  templateMark,
} from "../../setup/aws/trust-stack.ts";
import type { Resource, Step } from "../../setup/plan.ts";
import type { Facts, Present, Provisioner } from "../../setup/provisioner.ts";
import { allowSessionsCommand, REVOKED_SESSIONS } from "../../setup/revoke-aws.ts";
import type { AwsClients } from "./clients.ts";
import { emptyBucket } from "./empty-bucket.ts";
import { stackResources, untaggedResources } from "./owned-resources.ts";
import { type FoundStack, findStack, isHusk, isMoving, readState, requireFree, templateOf } from "./read-stack.ts";
import { causeOfFailure, type Watching, watchStack } from "./watch-stack.ts";

export interface AwsProvisionerInput {
  readonly clients: (region: string) => AwsClients;
  readonly tempo: Watching["tempo"];
}

/**
 * `aws-stack`, `{ account, region, stack, owner }`: a CloudFormation stack of our template. It is ours if it bears our tag; its
 * state is its parameters, its tags and a digest of its template. Every change is one operation of CloudFormation, which itself
 * rolls back what it could not finish.
 *
 * Beside the faults of the port: `ADMIN_ABSENT`, `ADMIN_REFUSED`, `ACCOUNT_MISMATCH`, `CLOUD_UNAVAILABLE`, `RESOURCE_FAILED`
 * with the cause that AWS gives for the resource that failed, `RESOURCE_STUCK`.
 */
export function awsProvisioner(input: AwsProvisionerInput): Provisioner {
  const open = async (resource: Resource): Promise<Place> => {
    const { account = "", region = "", stack = "", owner = "" } = resource.address;
    const clients = input.clients(region);
    await requireAccount(clients, account);
    return { clients, stack, owner, tempo: input.tempo };
  };
  return {
    kinds: ["aws-stack"],
    where: "cloud",
    async read(resource) {
      const place = await open(resource);
      return presentOf(await atRest(place, () => undefined), place);
    },
    async apply(step, { progress }) {
      return apply(step, await open(step), progress);
    },
    async undo(step, facts, progress = () => undefined) {
      await undo(step, facts, await open(step), progress);
    },
  };
}

interface Place {
  readonly clients: AwsClients;
  readonly stack: string;
  readonly owner: string;
  readonly tempo: Watching["tempo"];
}

/**
 * An administrator who has signed in to another account meanwhile must not change what has that name there.
 *
 * @param account empty in records of versions that took any answer for AWS's. What they name was made in no account, and is
 * looked for, by its mark, in the present one.
 * @throws {Fault} `ACCOUNT_MISMATCH`
 */
export async function requireAccount(clients: AwsClients, account: string): Promise<void> {
  const { accountId, arn } = await clients.caller();
  if (account === "" || accountId === account) return;
  throw new Fault(
    "ACCOUNT_MISMATCH",
    `these credentials are of the account ${accountId} (${arn}), and the setup is in ${account}`,
    {
      hints: [`sign in as an administrator of the account ${account}`],
      details: { wanted: account, found: accountId },
    },
  );
}

/** The stack once nothing moves in it: an operation of a run that was killed goes on by itself. */
async function atRest({ clients, stack, tempo }: Place, progress: Watching["progress"], id?: string): Promise<FoundStack | null> {
  const found = await findStack(clients.cloudFormation, id ?? stack);
  if (found === null || !isMoving(found)) return found;
  await watchStack(clients.cloudFormation, found.id, { progress, tempo });
  return findStack(clients.cloudFormation, found.id);
}

async function presentOf(found: FoundStack | null, { clients, owner }: Place): Promise<Present> {
  if (found === null) return { state: null, owner: "nobody" };
  const whose = ownerOf(found.tags, owner);
  // A failed stack of ours is cleared away by the next run.
  if (whose === "ours" && isHusk(found)) return { state: null, owner: "nobody" };
  if (whose === "ours") requireFree(found, clients.region);
  return { state: await readState(clients.cloudFormation, found), owner: whose };
}

async function apply(step: Step, place: Place, progress: Watching["progress"]): Promise<Facts> {
  const found = await atRest(place, progress);
  const { state, owner } = await presentOf(found, place);
  if (owner === "theirs") throw taken(place);
  if (state === step.after && found !== null) return factsOf(found);
  if (state !== step.before || step.after === null) throw changed(place, state === null ? "is gone" : "was changed since");
  if (found !== null && state !== null) return update(found, step.after, place, progress);
  if (found !== null) await remove(found, place, progress);
  return create(step.after, place, progress);
}

async function create(state: string, place: Place, progress: Watching["progress"]): Promise<Facts> {
  const { cloudFormation } = place.clients;
  const command = new CreateStackCommand({
    ...operation(state, TRUST_TEMPLATE, place.stack),
    // A stack that could not be made leaves nothing behind; its events stay.
    OnFailure: "DELETE",
  });
  const { StackId: id = "" } = await awsCall("cloudformation:CreateStack", () => cloudFormation.send(command));
  const stack = await watchStack(cloudFormation, id, { progress, tempo: place.tempo });
  if (stack.status === "CREATE_COMPLETE") return factsOf(stack);
  const cause = await causeOfFailure(cloudFormation, stack, "created");
  if (isHusk(stack)) await remove(stack, place, progress);
  throw cause;
}

async function update(found: FoundStack, state: string, place: Place, progress: Watching["progress"]): Promise<Facts> {
  const { cloudFormation } = place.clients;
  const former = await templateOf(cloudFormation, found.id);
  await change(found, state, TRUST_TEMPLATE, place, progress);
  const stack = await findStack(cloudFormation, found.id);
  return { ...factsOf(stack ?? found), formerTemplate: former };
}

async function change(
  found: FoundStack,
  state: string,
  template: string,
  place: Place,
  progress: Watching["progress"],
): Promise<void> {
  const { cloudFormation } = place.clients;
  const command = new UpdateStackCommand(operation(state, template, found.id));
  await awsCall("cloudformation:UpdateStack", () => cloudFormation.send(command));
  const stack = await watchStack(cloudFormation, found.id, { progress, tempo: place.tempo });
  if (stack.status !== "UPDATE_COMPLETE") throw await causeOfFailure(cloudFormation, stack, "changed");
}

async function undo(step: Step, facts: Facts, place: Place, progress: Watching["progress"]): Promise<void> {
  // By its id: a stack of that name that somebody made since is another one.
  const found = await atRest(place, progress, facts["stackId"]);
  const { state, owner } = await presentOf(found, place);
  if (found === null || state === step.before) {
    if (found !== null && isHusk(found) && ownerOf(found.tags, place.owner) === "ours") await remove(found, place, progress);
    return;
  }
  if (owner === "theirs") throw taken(place);
  if (state !== null && state !== step.after) throw changed(place, "was changed since");
  if (step.before === null) return remove(found, place, progress);
  const { template } = parseStackState(step.before);
  const former = template === TRUST_TEMPLATE_MARK ? TRUST_TEMPLATE : facts["formerTemplate"];
  if (former === undefined || templateMark(former) !== template)
    throw changed(place, "had a template that is not known any more");
  await change(found, step.before, former, place, progress);
}

async function remove(found: FoundStack, place: Place, progress: Watching["progress"]): Promise<void> {
  const { clients, owner, tempo } = place;
  const untagged = await untaggedResources(clients, found.id, owner);
  if (untagged.length > 0) throw changed(place, `has resources that lost their tag (${untagged.join(", ")})`);
  const resources = await stackResources(clients, found.id);
  await requireNoDenial(resources.get("Role"), place);
  const bucket = resources.get("IssuerBucket");
  if (bucket !== undefined) await emptyBucket(clients.s3, bucket, parameterOf("IssuerPath", found.parameters));
  const command = new DeleteStackCommand({ StackName: found.id, ClientRequestToken: randomUUID() });
  await awsCall("cloudformation:DeleteStack", () => clients.cloudFormation.send(command));
  const stack = await watchStack(clients.cloudFormation, found.id, { progress, tempo });
  if (stack.status !== "DELETE_COMPLETE") throw await causeOfFailure(clients.cloudFormation, stack, "deleted");
}

/**
 * With the policy that ends the sessions of a revoked key CloudFormation would take away all but the role. Without it those sessions
 * would live until the role is gone, so when it goes is for the administrator to say.
 */
async function requireNoDenial(role: string | undefined, place: Place): Promise<void> {
  if (role === undefined) return;
  const command = new ListRolePoliciesCommand({ RoleName: role });
  const listed = await awsCall("iam:ListRolePolicies", () => place.clients.iam.send(command), ["NoSuchEntityException"]);
  if (!listed?.PolicyNames?.includes(REVOKED_SESSIONS)) return;
  throw new Fault("PLAN_CONFLICT", `the role ${role} denies the sessions that a revoked key had, so its stack is left as it is`, {
    hints: [
      `twelve hours after the revocation none of them is left: \`${allowSessionsCommand(role)}\`, then the same command again`,
    ],
    details: { stack: place.stack, role },
  });
}

/** What creating and changing have in common. */
function operation(state: string, template: string, stack: string) {
  const { parameters, tags } = parseStackState(state);
  const Parameters: Parameter[] = allParameters(template, parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  const Tags: Tag[] = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    StackName: stack,
    TemplateBody: template,
    Parameters,
    Tags,
    Capabilities: ["CAPABILITY_NAMED_IAM" as const],
    // A call that the SDK repeats is one operation.
    ClientRequestToken: randomUUID(),
  };
}

function factsOf({ id, outputs }: FoundStack): Facts {
  return { stackId: id, ...Object.fromEntries(Object.entries(outputs).map(([name, value]) => [`output${name}`, value])) };
}

function taken({ stack, clients }: Place): Fault {
  return new Fault("PLAN_CONFLICT", `the stack ${stack} in ${clients.region} belongs to somebody else, so it is left as it is`, {
    hints: ["give another name by `--stack-name NAME --role-name NAME`"],
    details: { stack },
  });
}

function changed({ stack, clients }: Place, what: string): Fault {
  return new Fault("PLAN_CONFLICT", `the stack ${stack} in ${clients.region} ${what}, so it is left as it is`, {
    details: { stack },
  });
}
