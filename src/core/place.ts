/** Where something comes from that the user gave, as messages name it. */
export interface Place {
  /** `profiles.dev.aws`; of what was typed, the flag. */
  readonly path: string;
  /** That of a member. */
  at(key: string): Place;
  /** The same, where words were typed in place of some members: `{ duration: "--duration" }`. */
  withTyped(words: Readonly<Record<string, string>>): Place;
  /** `profiles.dev.aws.duration in /home/ann/.config/brevet/config.json`, or `--duration`. */
  toString(): string;
}

/** How a single value is named: by its place, or by the words of a caller that knows it. */
export type Where = Place | string;

/** A place in a file. @param file null where everybody knows which. */
export function placeIn(file: string | null, path: string): Place {
  return {
    path,
    at: (key) => placeIn(file, `${path}.${key}`),
    withTyped: (words) => typedOver(placeIn(file, path), words),
    toString: () => (file === null ? path : `${path} in ${file}`),
  };
}

/** A place on the command line; what is in it has none of its own. */
export function typedPlace(flag: string): Place {
  return {
    path: flag,
    at: () => typedPlace(flag),
    withTyped: (words) => typedOver(typedPlace(flag), words),
    toString: () => flag,
  };
}

function typedOver(place: Place, words: Readonly<Record<string, string>>): Place {
  return {
    ...place,
    at(key) {
      const word = Object.hasOwn(words, key) ? words[key] : undefined;
      return word === undefined ? place.at(key) : typedPlace(word);
    },
  };
}
