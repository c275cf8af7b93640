/*
 * What a shell has to be told once. Each script asks `brevet complete SHELL -- WORDS…` for the candidates, so that it never grows
 * old. The last word is the one at the cursor, and may be empty. A tab separates a candidate from what it does. No candidates
 * means that files are offered.
 */

const BASH = `# brevet completion for bash (3.2 and later): eval "$(brevet completion bash)" in ~/.bashrc
_brevet() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done \\
    < <(brevet complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o bashdefault -o default -F _brevet brevet
`;

const ZSH = `#compdef brevet
# brevet completion for zsh: source <(brevet completion zsh) in ~/.zshrc, after compinit
_brevet() {
  local word doc
  local -a found
  while IFS=$'\\t' read -r word doc; do
    found+=("\${word//:/\\\\:}\${doc:+:}$doc")
  done < <(brevet complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe -V brevet found; else _files; fi
}
if [[ "$funcstack[1]" = _brevet ]]; then _brevet "$@"; else compdef _brevet brevet; fi
`;

const FISH = `# brevet completion for fish: brevet completion fish > ~/.config/fish/completions/brevet.fish
function __brevet_complete
    set -l before (commandline -opc)
    set -e before[1]
    set -l current (commandline -ct)
    set -l found (brevet complete fish -- $before "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c brevet -f -k -a '(__brevet_complete)'
`;

/** Windows PowerShell drops an empty argument to a program, so each word goes behind an equals sign. */
const POWERSHELL = `# brevet completion for PowerShell: brevet completion powershell | Out-String | Invoke-Expression, in $PROFILE
Register-ArgumentCompleter -Native -CommandName brevet -ScriptBlock {
  param($current, $ast, $position)
  $before = @($ast.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { "=$_" })
  brevet complete powershell -- @before "=$current" 2>$null | ForEach-Object {
    $word, $doc = $_ -split "\`t", 2
    if (-not $doc) { $doc = $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $doc)
  }
}
`;

/** The scripts by shell. */
export const COMPLETION_SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL } as const;

/** A shell for which there is a script. */
export type CompletionShell = keyof typeof COMPLETION_SCRIPTS;

export const COMPLETION_SHELLS = Object.keys(COMPLETION_SCRIPTS) as readonly CompletionShell[];
