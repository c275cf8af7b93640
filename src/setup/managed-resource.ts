import { Fault } from "../core/fault.ts";
import type { Address, Owner, Step } from "./plan.ts";
import type { ApplyContext, Facts, Present, Provisioner } from "./provisioner.ts";

/**
 * What clouds that are administered call by call have in common: each kind of resource says how one is found, made, changed
 * and taken away, and the comparing before each of it is done here, once.
 */

/** A resource that is there. */
export interface FoundResource {
  readonly state: string;
  readonly owner: Owner;
  /** What undoing will need: ids that the cloud gave. */
  readonly facts: Facts;
}

/** One kind of resource. */
export interface ManagedResource {
  readonly kind: string;
  /** One of them in words, for messages: `the pool brevet of the project 123456789012`. */
  name(address: Address): string;
  /** What to type where the name is taken. */
  readonly takenHint: string;
  /** @param facts what applying it gave, or the steps before it; empty when that is not known. */
  find(address: Address, facts: Facts): Promise<FoundResource | null>;
  /** Finds out what would prevent making it. */
  checkRoom?(address: Address): Promise<void>;
  create(wanted: Wanted): Promise<Facts>;
  change(found: FoundResource, wanted: Wanted): Promise<void>;
  remove(found: FoundResource, address: Address): Promise<void>;
}

/** What a resource is to become. */
export interface Wanted {
  readonly address: Address;
  readonly state: string;
  /** What the steps before it gave. */
  readonly facts: Facts;
  readonly progress: ApplyContext["progress"];
}

/** The provisioner of these kinds. */
export function managedProvisioner(resources: readonly ManagedResource[]): Provisioner {
  const resourceOf = (kind: string): ManagedResource => {
    const found = resources.find((resource) => resource.kind === kind);
    if (found === undefined) throw new TypeError(`no resource of kind ${kind} is known here`);
    return found;
  };
  return {
    kinds: resources.map(({ kind }) => kind),
    where: "cloud",
    async read({ kind, address }) {
      const resource = resourceOf(kind);
      return presentOf(resource, await resource.find(address, {}));
    },
    async check(step) {
      if (step.before === null) await resourceOf(step.kind).checkRoom?.(step.address);
    },
    apply: (step, context) => apply(resourceOf(step.kind), step, context),
    undo: (step, facts) => undo(resourceOf(step.kind), step, facts),
  };
}

function presentOf({ takenHint }: ManagedResource, found: FoundResource | null): Present {
  return found === null ? { state: null, owner: "nobody" } : { state: found.state, owner: found.owner, takenHint };
}

async function apply(resource: ManagedResource, step: Step, { earlier, progress }: ApplyContext): Promise<Facts> {
  const facts: Facts = Object.assign({}, ...earlier.values());
  const { address, before, after } = step;
  const found = await resource.find(address, facts);
  if (found?.owner === "theirs") throw taken(resource, step);
  if (found !== null && found.state === after) return found.facts;
  if ((found?.state ?? null) !== before || after === null)
    throw changed(resource, step, found === null ? "is gone" : "was changed since");
  const wanted: Wanted = { address, state: after, facts, progress };
  if (found === null) return resource.create(wanted);
  await resource.change(found, wanted);
  return found.facts;
}

async function undo(resource: ManagedResource, step: Step, facts: Facts): Promise<void> {
  const { address, before, after } = step;
  const found = await resource.find(address, facts);
  if (found === null || found.state === before) return;
  if (found.owner === "theirs") throw taken(resource, step);
  // The same name, and another thing: somebody took ours away and made one since.
  const replaced = Object.entries(found.facts).some(([name, value]) => (facts[name] ?? value) !== value);
  if (found.state !== after || replaced) throw changed(resource, step, "was changed since");
  if (before === null) return resource.remove(found, address);
  return resource.change(found, { address, state: before, facts, progress: () => undefined });
}

function taken(resource: ManagedResource, { address }: Step): Fault {
  return new Fault("PLAN_CONFLICT", `${resource.name(address)} belongs to somebody else, so it is left as it is`, {
    hints: [resource.takenHint],
    details: { kind: resource.kind },
  });
}

function changed(resource: ManagedResource, { address }: Step, what: string): Fault {
  return new Fault("PLAN_CONFLICT", `${resource.name(address)} ${what}, so it is left as it is`, {
    details: { kind: resource.kind },
  });
}
