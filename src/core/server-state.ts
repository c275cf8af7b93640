import type { PublicKey } from "./signer.ts";
import type { EpochSeconds } from "./time.ts";

/** What a login server's database says of itself, whether the server runs or not; what `serve --check` judges. */
export interface ServerState {
  /** The issuer of its first start. */
  readonly issuer: string | null;
  readonly durability: Durability;
  /** Those that sign now. */
  readonly keys: readonly PublicKey[];
  /** What is wrong with where the audit log begins; null: nothing is. Its rows are not read for this. */
  readonly auditProblem: string | null;
  /** Active ones who can sign in: how many keys and valid recovery codes each of them has. */
  readonly administrators: readonly { readonly keys: number; readonly codes: number }[];
  /** When `serve backup` last made a copy; null if it never did. */
  readonly lastBackupAt: EpochSeconds | null;
}

/** What has to be known of a database to say whether what it has committed will still be there after a power cut. */
export type Durability =
  | {
      readonly kind: "sqlite";
      /** The kind of file system that the file is on, if it may lose data or locks; null for any other. */
      readonly unfit: "memory" | "network" | null;
      readonly freeBytes: number;
    }
  | {
      readonly kind: "postgres";
      readonly version: string;
      /** Settings that are off and have to be on. */
      readonly off: readonly string[];
      /** It follows another one and takes no writes. */
      readonly isReplica: boolean;
      /** Whether what is said to it can be read on the way; loopback and sockets count as closed. */
      readonly isOpenOnTheWay: boolean;
      /** How far its clock is ahead of this machine's, in seconds; negative behind. */
      readonly aheadSeconds: number;
    };
