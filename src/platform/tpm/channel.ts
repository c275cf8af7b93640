/** What moves bytes: the whole command out, the whole response in. */
export interface TpmChannel {
  exchange(command: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}
