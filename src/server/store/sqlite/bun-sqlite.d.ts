/** What is used of Bun's SQLite; its own types describe a whole other runtime. */
declare module "bun:sqlite" {
  export class Database {
    constructor(file: string, options?: { readonly readonly?: boolean; readonly create?: boolean; readonly readwrite?: boolean });
    exec(sql: string): void;
    query(sql: string): {
      all(...values: readonly (string | number | null)[]): unknown[];
      run(...values: readonly (string | number | null)[]): { readonly changes: number };
    };
    close(): void;
  }
}
