# Shared by `run` and `nightly`: steps by name, and what each took, also when one fails.

names=()
starts=()

step() {
  names+=("$*")
  starts+=("$SECONDS")
  printf '\n== %s\n' "$*"
}

table() {
  local code=$? i
  starts+=("$SECONDS")
  printf '\nseconds  step\n'
  for i in "${!names[@]}"; do
    printf '%7d  %s\n' $((starts[i + 1] - starts[i])) "${names[i]}"
  done
  printf '%7d  in all\n' "$SECONDS"
  if [ "$code" != 0 ]; then
    echo "FAILED in the last of these steps, with exit code $code"
  fi
}
trap table EXIT
