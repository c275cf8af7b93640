// The least that the runtime does at a start.
export {};
