/** An element of an answer of STS; `text` is its own text, without that of the elements in it. */
export interface Element {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
}
