import type { Secret } from "../../src/core/secret.ts";
import type { Store } from "../../src/core/store.ts";

/** A store that forgets everything at the end: for suites whose subject is not the store. Its locks hold within the process. */
export function memoryStore(): Store {
  const entries = new Map<string, Secret<string>>();
  const tails = new Map<string, Promise<unknown>>();
  const held = new Set<string>();
  return {
    load: async (area, name) => entries.get(`${area}/${name}`) ?? null,
    save: async (area, name, value) => {
      if (!/^[a-z0-9._-]{1,128}$/.test(name)) throw new TypeError(`not a store name: ${name}`);
      entries.set(`${area}/${name}`, value);
    },
    remove: async (area, name) => entries.delete(`${area}/${name}`),
    list: async (area) =>
      [...entries.keys()]
        .filter((key) => key.startsWith(`${area}/`))
        .map((key) => key.slice(area.length + 1))
        .sort(),
    locked: async (area) =>
      [...held]
        .filter((key) => key.startsWith(`${area}/`))
        .map((key) => key.slice(area.length + 1))
        .sort(),
    withLock: (area, name, _claim, work) => {
      const waited = held.has(`${area}/${name}`);
      const before = tails.get(`${area}/${name}`) ?? Promise.resolve();
      const alone = async () => {
        held.add(`${area}/${name}`);
        try {
          return await work({ waited });
        } finally {
          held.delete(`${area}/${name}`);
        }
      };
      const mine = before.then(alone, alone);
      tails.set(
        `${area}/${name}`,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };
}
