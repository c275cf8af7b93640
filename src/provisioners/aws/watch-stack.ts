import { type CloudFormationClient, DescribeStackEventsCommand, type StackEvent } from "@aws-sdk/client-cloudformation";
import { Fault } from "../../core/fault.ts";
import type { Tempo } from "../../core/tempo.ts";
import { awsCall } from "../../platform/aws-sdk/call.ts";
import { type FoundStack, findStackOfAnyTime, isMoving } from "./read-stack.ts";

/** What watching a stack needs besides CloudFormation. */
export interface Watching {
  /** Replaces the text next to the spinner. */
  readonly progress: (text: string) => void;
  readonly tempo: Pick<Tempo, "pause">;
}

const LOOK_EVERY_MS = 3000;

/** CloudFormation's own words for a resource that was stopped because another one failed. */
const CANCELLED = /cancelled/i;

/** Looks at a stack until it is at rest, and tells what happens to its resources meanwhile. */
export async function watchStack(
  cloudFormation: CloudFormationClient,
  stackId: string,
  { progress, tempo }: Watching,
): Promise<FoundStack> {
  const told = new Set<string>();
  for (;;) {
    const stack = await findStackOfAnyTime(cloudFormation, stackId);
    if (stack === null) throw new Fault("RESOURCE_FAILED", `the stack ${stackId} is gone`);
    const fresh = (await stackEvents(cloudFormation, stackId)).filter(({ EventId }) => !told.has(EventId ?? ""));
    for (const event of fresh.toReversed()) {
      told.add(event.EventId ?? "");
      progress(`${event.LogicalResourceId}: ${inWords(event.ResourceStatus)}`);
    }
    if (!isMoving(stack)) return stack;
    await tempo.pause(LOOK_EVERY_MS);
  }
}

/** Why a stack did not become what it should: the first resource that failed, and AWS's reason. */
export async function causeOfFailure(cloudFormation: CloudFormationClient, stack: FoundStack, what: string): Promise<Fault> {
  const events = await stackEvents(cloudFormation, stack.id);
  const failed = events
    .slice(0, lastOperation(events, stack.name))
    .toReversed()
    .find(
      ({ ResourceStatus, ResourceStatusReason: reason = "" }) => ResourceStatus?.endsWith("_FAILED") && !CANCELLED.test(reason),
    );
  const reason = failed?.ResourceStatusReason ?? stack.statusReason ?? stack.status;
  const resource = failed === undefined ? stack.name : `${failed.LogicalResourceId} (${failed.ResourceType})`;
  const handlerCode = /HandlerErrorCode: (\w+)/.exec(reason)?.[1] ?? null;
  const refused = handlerCode === "AccessDenied";
  return new Fault(
    refused ? "ADMIN_REFUSED" : "RESOURCE_FAILED",
    `the stack ${stack.name} could not be ${what}: ${resource}: ${reason.replace(/\.$/, "")}`,
    {
      hints: refused
        ? ["give the administrator the rights that `brevet setup aws … --print-admin-policy` prints, or use other credentials"]
        : handlerCode === "AlreadyExists"
          ? ["something of that name exists: `--stack-name` and `--role-name` take others"]
          : [],
      details: { stack: stack.name, resource: failed?.LogicalResourceId ?? null, handlerCode, cloudMessage: reason },
    },
  );
}

/** The newest first. */
async function stackEvents(cloudFormation: CloudFormationClient, stackId: string): Promise<readonly StackEvent[]> {
  const command = new DescribeStackEventsCommand({ StackName: stackId });
  const { StackEvents: events = [] } = await awsCall("cloudformation:DescribeStackEvents", () => cloudFormation.send(command));
  return events;
}

/** How many of the newest events belong to what was asked for last. */
function lastOperation(events: readonly StackEvent[], stack: string): number {
  const started = events.findIndex(
    ({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
      LogicalResourceId === stack &&
      /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(ResourceStatus ?? "") &&
      ResourceStatusReason === "User Initiated",
  );
  return started === -1 ? events.length : started + 1;
}

function inWords(status: string | undefined): string {
  return (status ?? "").toLowerCase().replaceAll("_", " ");
}
