import { sweepsWhatHasEnded } from "./expiry.ts";

// One instance is judge alone; its clock may be set back by a minute.
sweepsWhatHasEnded("SQLite", async () => ({}), 60);
