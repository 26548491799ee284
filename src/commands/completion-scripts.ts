/** Shells that weighbridge completes for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The script that makes a shell complete for weighbridge. It needs nothing but the shell, may be read several times, evaluates nothing
 * that was typed, and shows no error.
 *
 * Each asks `weighbridge __complete WORD...`, the last word being the one that is completed, and gets a line `value<tab>description`
 * for each possibility and then one `:N`, as kubectl asks its plugins: 2 for no blank behind the value, 4 for no names of files.
 */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

// readline completes what follows the last `=` or `:` of a word, and the program the whole word.
const BASH = String.raw`# bash completion for weighbridge: source <(weighbridge completion bash)
_weighbridge() {
  local program=\${COMP_WORDS[0]/#\~/$HOME} line=\${COMP_LINE:0:COMP_POINT} words word value rest directive=4 kept=
  read -ra words <<<"$line"
  case $line in *[[:blank:]]) words+=('') ;; esac
  word=\${words[\${#words[@]}-1]}
  case $COMP_WORDBREAKS$word in *=*:*[=:]* | *:*=*[=:]*) kept=\${word%"\${word##*[=:]}"} ;; esac
  COMPREPLY=()
  while IFS=$'\t' read -r value rest; do
    case $value in
      :*) directive=\${value#:} ;;
      "$word"*) COMPREPLY+=("\${value#"$kept"}") ;;
    esac
  done < <("$program" __complete "\${words[@]:1}" 2>/dev/null)
  if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
  if ! ((directive & 4)); then
    compopt -o filenames 2>/dev/null
    while read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "\${word#"$kept"}")
  fi
}
complete -F _weighbridge weighbridge
`;

const ZSH = String.raw`#compdef weighbridge
# zsh completion for weighbridge: source <(weighbridge completion zsh), or this text as _weighbridge in a folder of $fpath
_weighbridge() {
  local line directive=4
  local -a found after
  for line in "\${(@f)$(\${words[1]/#\~/$HOME} __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :*) directive=\${line#:} ;;
      *) found+=("\${\${line//:/\\:}/$'\t'/:}") ;;
    esac
  done
  if ((directive & 2)); then after=(-S ''); fi
  if ((! (directive & 4))); then _files; fi
  if (($#found)); then _describe value found $after; fi
}
if [[ $funcstack[1] = _weighbridge ]]; then
  _weighbridge "$@"
elif (($+functions[compdef])); then
  compdef _weighbridge weighbridge
fi
`;

const FISH = `# fish completion for weighbridge: weighbridge completion fish | source
function __weighbridge_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l lines (command $words[1] __complete $words[2..] "$word" 2>/dev/null)
    set -l directive 4
    for line in $lines
        if string match -q ':*' -- $line
            set directive (string sub -s 2 -- $line)
        else
            echo $line
        end
    end
    if test $directive = 0
        __fish_complete_path "$word"
    end
end
complete -c weighbridge -e
complete -c weighbridge -f -a '(__weighbridge_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: unescaped(BASH),
  zsh: unescaped(ZSH),
  fish: unescaped(FISH),
};

/** A shell's `${` is a placeholder to a template of ours, raw or not. */
function unescaped(text: string): string {
  return text.replaceAll('\\${', '${');
}
