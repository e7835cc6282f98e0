#!/bin/sh
# Lists an organization with the AWS CLI, for `keyaki import`: `dump-organization.sh FOLDER`. Run it in the management account, or in one
# that organization policies are delegated to. A call that fails ends it.
set -eu
folder=$1
mkdir -p "$folder"
cd "$folder"

call() { aws organizations "$@" --output json; }
# The ids in listings, as the AWS CLI prints them: a member a line.
ids() { sed -n 's/^ *"Id": "\([^"]*\)".*/\1/p' "$@"; }

call describe-organization >organization.json
call list-roots >roots.json
root=$(ids roots.json)
units=$root
left=$root
while [ -n "$left" ]; do
  next=
  for unit in $left; do
    call list-organizational-units-for-parent --parent-id "$unit" >"units.$unit.json"
    call list-accounts-for-parent --parent-id "$unit" >"accounts.$unit.json"
    next="$next $(ids "units.$unit.json")"
  done
  left=$(echo $next)
  units="$units $left"
done

for kind in scps:SERVICE_CONTROL_POLICY rcps:RESOURCE_CONTROL_POLICY; do
  name=${kind%%:*} type=${kind#*:}
  grep -q "\"$type\"" roots.json || continue
  for target in $units $(ids accounts.*.json); do
    call list-policies-for-target --target-id "$target" --filter "$type" >"$name.$target.json"
  done
  for policy in $(ids "$name".*.json | sort -u); do
    call describe-policy --policy-id "$policy" >"policy.$policy.json"
  done
done
