import { procText } from "./proc-text.ts";

/** What is used of `/proc/<pid>/stat`. @see proc_pid_stat(5) */
export interface ProcStat {
  readonly state: string;
  readonly parent: number;
  readonly group: string;
  readonly terminal: string;
  /** The group in the foreground of that terminal. */
  readonly foreground: string;
  /** Clock ticks between boot and the start of the process. */
  readonly startTime: string;
}

/** What Linux says of a process; null where there is no such process, or no `/proc`. */
export function procStat(pid: number | "self"): ProcStat | null {
  const text = procText(`/proc/${pid}/stat`);
  if (text === null) return null;
  // pid (comm) state ppid pgrp session tty_nr tpgid …; comm may hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "", parent = "", group = "", , terminal = "", foreground = ""] = fields;
  return { state, parent: Number(parent), group, terminal, foreground, startTime: fields[19] ?? "" };
}
