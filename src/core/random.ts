/** The Random port: that many bytes nobody can guess. */
export type RandomBytes = (count: number) => Uint8Array;
