/** The flag of every command that prints variables: in whose words. */
export const shellFlag = {
  kind: "text",
  value: "NAME",
  short: "s",
  choices: ["sh", "bash", "zsh", "fish", "powershell", "pwsh", "cmd", "dotenv", "json"],
  doc: "who reads it; default: the shell that $SHELL names",
} as const;
