import type { EpochSeconds } from "../../core/time.ts";
import type { SigningKeyState } from "../../wire/brevet-api/admin/signing-keys.ts";
import { integer, type Reader, type Row, text } from "../store/database.ts";
import { findMeantRow } from "../store/meant-row.ts";
import { type Page, type PageWish, readPage } from "../store/page.ts";
import { PUBLISHED_AFTER_SECONDS } from "./key-set.ts";

/** When what happens to a key, or happened. */
interface Times {
  readonly signsFrom: EpochSeconds;
  readonly retiredAt: EpochSeconds | null;
  readonly revokedAt: EpochSeconds | null;
}

/** A signing key, as lists show one: without what it signs with. */
export interface ListedSigningKey extends Times {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: SigningKeyState;
  readonly madeAt: EpochSeconds;
}

const LISTED = "SELECT kid AS id, kid, algorithm, made_at, signs_from, retired_at, revoked_at FROM signing_key";

/** Signing keys, newest first, with those that are published no more. @throws {Fault} `CURSOR_INVALID` */
export async function listSigningKeys(reader: Reader, wish: PageWish, now: EpochSeconds): Promise<Page<ListedSigningKey>> {
  return readPage(reader, { from: LISTED, order: { made_at: "integer", kid: "text" }, direction: "DESC" }, wish, (row) =>
    keyOf(row, now),
  );
}

/** A signing key by its id, or the beginning of it, published or not. @throws {Fault} `RECORD_ABSENT`, `RECORD_AMBIGUOUS` */
export async function findSigningKey(reader: Reader, meant: string, now: EpochSeconds): Promise<ListedSigningKey> {
  const keys = { from: LISTED, id: "kid", noun: "signing key", list: "brevet admin signing-keys list" };
  return keyOf(await findMeantRow(reader, keys, meant), now);
}

function keyOf(row: Row, now: EpochSeconds): ListedSigningKey {
  const time = (column: string): EpochSeconds | null => {
    const seconds = row[column];
    return typeof seconds === "number" ? seconds : null;
  };
  const times = { signsFrom: integer(row, "signs_from"), retiredAt: time("retired_at"), revokedAt: time("revoked_at") };
  const [kid, algorithm] = [text(row, "kid"), text(row, "algorithm")];
  return { kid, algorithm, state: stateOf(times, now), madeAt: integer(row, "made_at"), ...times };
}

function stateOf({ signsFrom, retiredAt, revokedAt }: Times, now: EpochSeconds): SigningKeyState {
  if (revokedAt !== null) return "revoked";
  if (retiredAt !== null && retiredAt + PUBLISHED_AFTER_SECONDS <= now) return "withdrawn";
  if (retiredAt !== null && retiredAt <= now) return "retired";
  return signsFrom > now ? "waiting" : "signing";
}
