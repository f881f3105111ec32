# zsh -f ask.zsh SCRIPT LINE...: types each line and a tab into a zsh, and prints what it would offer, then END.
zmodload zsh/zpty zsh/datetime zsh/files

setup='
PS1= LINES=200 COLUMNS=200
autoload -Uz compinit
compinit -u -D
source '${(q)1}'
compadd() {
  local -a offered
  if [[ " ${@[1,(i)(-|--)]} " != *" -"[OAD]" "* ]]; then
    builtin compadd -A offered "$@"
    (( $#offered )) && print -rl -- "$offered[@]" >> offered
  fi
  builtin compadd "$@"
}
answered() {
  print END >> offered
  compstate[insert]= compstate[list]=
  comppostfuncs=(answered)
}
comppostfuncs=(answered)
print END >> offered
'
print -r -- "$setup" > setup.zsh
: > offered
zpty -b inner zsh -f -i
zpty -w inner 'source ./setup.zsh'

# Until so many lines were answered; what the terminal shows is thrown away.
await() {
  local until=$(( EPOCHREALTIME + 30 )) shown
  while (( $(grep -c '^END$' offered) < $1 )); do
    (( EPOCHREALTIME > until )) && { print -u2 "no answer to $2"; exit 1 }
    zpty -r -t inner shown || sleep 0.01
  done
}

await 1 'the setup'
integer answers=1
for line in "${@[2,-1]}"; do
  zpty -w -n inner $'\C-u'"$line"$'\t'
  await $(( ++answers )) "$line"
done
zpty -d inner
sed 1d offered
