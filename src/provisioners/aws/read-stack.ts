import { type CloudFormationClient, DescribeStacksCommand, GetTemplateCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { awsCall, cloudCodeOf } from "../../platform/aws-sdk/call.ts";
import { stackState, templateMark } from "../../setup/aws/trust-stack.ts";

/** A stack that is there, at rest or not. */
export interface FoundStack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** Without those of AWS itself. */
  readonly tags: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What is left of a stack whose creation or deletion failed: it holds nothing that works, and can only be deleted. */
const HUSKS = ["CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"];

/** @param nameOrId a deleted stack is found by its id only, and counts as absent. */
export async function findStack(cloudFormation: CloudFormationClient, nameOrId: string): Promise<FoundStack | null> {
  const stack = await describeStack(cloudFormation, nameOrId);
  return stack === null || stack.StackStatus === "DELETE_COMPLETE" ? null : foundStack(stack);
}

/** As {@link findStack}, with stacks that are deleted. */
export async function findStackOfAnyTime(cloudFormation: CloudFormationClient, id: string): Promise<FoundStack | null> {
  const stack = await describeStack(cloudFormation, id);
  return stack === null ? null : foundStack(stack);
}

export function isHusk({ status }: FoundStack): boolean {
  return HUSKS.includes(status);
}

export function isMoving({ status }: FoundStack): boolean {
  return status.endsWith("_IN_PROGRESS");
}

/** What brevet decides of this stack, as text. */
export async function readState(cloudFormation: CloudFormationClient, stack: FoundStack): Promise<string> {
  const template = await templateOf(cloudFormation, stack.id);
  return stackState({ template: templateMark(template), parameters: stack.parameters, tags: stack.tags });
}

export async function templateOf(cloudFormation: CloudFormationClient, stackId: string): Promise<string> {
  const command = new GetTemplateCommand({ StackName: stackId, TemplateStage: "Original" });
  const { TemplateBody = "" } = await awsCall("cloudformation:GetTemplate", () => cloudFormation.send(command));
  return TemplateBody;
}

/** @throws {Fault} `RESOURCE_STUCK` for a stack that CloudFormation itself gave up on. */
export function requireFree({ status, statusReason, name }: FoundStack, region: string): void {
  if (status !== "UPDATE_ROLLBACK_FAILED") return;
  throw new Fault("RESOURCE_STUCK", `the stack ${name} could not go back after a failed change: ${statusReason ?? status}`, {
    hints: [
      `free it first: \`${shellCommand`aws cloudformation continue-update-rollback --stack-name ${name} --region ${region}`}\``,
    ],
    details: { stack: name, status },
  });
}

async function describeStack(cloudFormation: CloudFormationClient, nameOrId: string): Promise<Stack | null> {
  try {
    const command = new DescribeStacksCommand({ StackName: nameOrId });
    const { Stacks: stacks = [] } = await awsCall("cloudformation:DescribeStacks", () => cloudFormation.send(command));
    return stacks[0] ?? null;
  } catch (cause) {
    // CloudFormation has no code of its own for a stack that does not exist, and the call has nothing else that can be invalid.
    if (cloudCodeOf(cause) === "ValidationError") return null;
    throw cause;
  }
}

function foundStack(stack: Stack): FoundStack {
  const texts = <T>(all: readonly T[] | undefined, key: (one: T) => string | undefined, value: (one: T) => string | undefined) =>
    Object.fromEntries((all ?? []).map((one) => [key(one) ?? "", value(one) ?? ""]));
  const tags = texts(
    stack.Tags,
    ({ Key }) => Key,
    ({ Value }) => Value,
  );
  return {
    id: stack.StackId ?? "",
    name: stack.StackName ?? "",
    status: stack.StackStatus ?? "",
    statusReason: stack.StackStatusReason ?? null,
    parameters: texts(
      stack.Parameters,
      ({ ParameterKey }) => ParameterKey,
      ({ ParameterValue }) => ParameterValue,
    ),
    tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("aws:"))),
    outputs: texts(
      stack.Outputs,
      ({ OutputKey }) => OutputKey,
      ({ OutputValue }) => OutputValue,
    ),
  };
}
