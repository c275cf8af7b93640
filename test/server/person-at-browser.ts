/** A person with a security key, at a browser: a real one, or what one would send. */
export interface PersonAtBrowser {
  /** What stands in for the person's browser and key. */
  readonly how: string;
  /** Opens an invitation and registers a key, saying what the page asks for. */
  enrol(link: string, fields: Readonly<Record<string, string>>): Promise<void>;
  /** Opens what brevet opens, and signs in wherever that leads, until nothing more is asked. */
  signIn(url: string): Promise<void>;
  close(): Promise<void>;
}
