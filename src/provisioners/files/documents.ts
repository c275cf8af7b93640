import type { Resource, Step } from "../../setup/plan.ts";
import type { Present } from "../../setup/provisioner.ts";

/** What a file turned into. */
export interface Edit {
  readonly text: string;
  /** What was put before the part to set it apart; null when nothing was added. */
  readonly gap: string | null;
}

/** How one kind of resource is written in the text of a file. Pure: the provisioner reads, locks, keeps a copy and writes. */
export interface DocumentKind {
  /** The resource in this text; the text is empty when there is no file. @throws {Fault} when the text cannot be understood. */
  read(text: string, resource: Resource): Present;
  /**
   * The text with the resource made what `state` says; null takes it away.
   *
   * @param gap what {@link Edit.gap} was when the resource was made, if that is known.
   */
  edit(text: string, step: Step, state: string | null, gap: string | null): Edit;
  /** Whether two texts of such a file say the same, whatever their layout; where only brevet edited one, it may be given back as the other. */
  saysSame(one: string, other: string): boolean;
  /**
   * For a resource that several steps changed in turn: its present state without what the step brought. null where somebody else
   * changed just that. Absent: a resource that is not as it was left is never touched.
   */
  without?(state: string | null, step: Step): { readonly state: string | null } | null;
}
