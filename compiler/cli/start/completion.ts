// SPDX-License-Identifier: Apache-2.0
/**
 * Completion in bash, zsh and fish. The shells' scripts know nothing: at every Tab they ask this command, which reads
 * commander's own tree, so that a new option is offered the moment it exists.
 */
import { Argument, type Command } from 'commander';
import { InputError } from '../../core/base/errors.ts';
import { newCommand } from '../shared/command.ts';
import { print } from '../shared/output.ts';
import { candidates } from './candidates.ts';

/** Makes the tree for a line that begins with these words. */
export type Tree = (words: readonly string[]) => Promise<Command>;

export function completionCommand(tree: Tree): Command {
  return newCommand('completion', 'Print the script that completes egru in bash, zsh or fish.', [
    {
      command: 'egru completion bash >> ~/.bashrc',
      does: 'in every new bash; "source ~/.bashrc" in this one',
    },
    { command: 'egru completion zsh >> ~/.zshrc', does: 'the same for zsh; below compinit' },
    {
      command: 'egru completion fish > ~/.config/fish/completions/egru.fish',
      does: 'the same for fish',
    },
    {
      command: 'egru completion bash -- build --bo',
      does: 'what can follow these words, as the scripts ask',
    },
  ])
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)))
    .argument('[words...]', 'words of a line after "egru"; the last one is completed')
    .action(async (shell: string, words: readonly string[]) => {
      const script = SCRIPTS[shell];
      if (script === undefined) throw new InputError(shell, 'no such shell');
      if (words.length === 0) return print(script);
      const { names, files } = candidates(await tree(words), words);
      print(...names.map(({ name, does }) => `${name}\t${does}`), ...(files === null ? [] : [`:${files}`]));
    });
}

/**
 * Each asks for "NAME<Tab>DESCRIPTION" lines, behind which ":files" or ":folders" leaves the word to the shell's own
 * completion of paths. bash cuts words at "=" and ":", so a value that follows "=" arrives behind a word "=".
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# egru: completion for bash
_egru() {
  local line kind=
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) kind=$line ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("$1" completion bash -- "\${words[@]}" 2>/dev/null)
  case $kind in
    :files) compopt -o default ;;
    :folders) compopt -o dirnames ;;
  esac
}
complete -F _egru egru`,
  zsh: `#compdef egru
# egru: completion for zsh
_egru() {
  local line kind=
  local -a names
  for line in "\${(@f)$("\${words[1]}" completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :*) kind=$line ;;
      ?*) names+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( $#names )) && _describe -V egru names
  case $kind in
    :files) _files ;;
    :folders) _files -/ ;;
  esac
}
compdef _egru egru`,
  fish: `# egru: completion for fish
function __egru_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] completion fish -- $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':folders'
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c egru -f -k -a '(__egru_complete)'`,
};
