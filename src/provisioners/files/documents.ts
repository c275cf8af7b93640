import type { Resource, Step } from "../../setup/plan.ts";
import type { Present } from "../../setup/provisioner.ts";

/** What a file turned into, and what was put in at its end to the byte, if that is how it was done. */
export interface Edit {
  readonly text: string;
  readonly added: string;
}

/** How one kind of resource lies in the text of a file. Pure: the provisioner reads, locks, keeps a copy and writes. */
export interface DocumentKind {
  /** The resource in this text; the text is empty when there is no file. @throws {Fault} when the text cannot be understood. */
  read(text: string, resource: Resource): Present;
  /**
   * The text with the resource made what `state` says; null takes it away.
   *
   * @param added what {@link Edit.added} was when the resource was made, for taking away exactly that.
   */
  edit(text: string, step: Step, state: string | null, added: string | null): Edit;
}
