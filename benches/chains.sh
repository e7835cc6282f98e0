#!/bin/sh
# Who reaches which role, over an estate of so many roles in ten accounts: `benches/chains.sh 10000`.
# Half of the roles trust another role by name, a quarter an account, the others a service. All policies
# differ. First of everybody, by `who-can --through-roles`; then of services alone, by `paths`, to a
# role that they do not come to, so that every step is asked about. Without one of the two where ONLY
# is the other.
set -eu
roles="${1:-10000}"
keyaki="${KEYAKI:-target/release/keyaki}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
awk -v roles="$roles" '
function account(number) { return "10000000000" number % 10 }
function arn(number) { return "arn:aws:iam::" account(number) ":role/r" number }
function document(statement) { return "{\"name\":\"p\",\"document\":{\"Version\":\"2012-10-17\",\"Statement\":[" statement "]}}" }
BEGIN {
    printf "{\"keyaki\":\"estate\",\"version\":1,\"accounts\":{"
    for (i = 0; i < 10; i++) printf "%s\"%s\":{\"principals\":true,\"resources\":true}", i ? "," : "", account(i)
    printf "},\"roles\":["
    for (i = 0; i < roles; i++) {
        if (i % 4 < 2) principal = "\"AWS\":\"" arn((i * 7 + 3) % roles) "\""
        else if (i % 4 == 2) principal = "\"AWS\":\"" account(i) "\""
        else principal = "\"Service\":\"lambda.amazonaws.com\""
        trust = document("{\"Effect\":\"Allow\",\"Principal\":{" principal "},\"Action\":\"sts:AssumeRole\"}")
        own = document("{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Resource\":[\"" arn((i * 3 + 1) % roles) "\",\"" arn((i * 5 + 2) % roles) "\"]}")
        printf "%s{\"arn\":\"%s\",\"tags\":{},\"trust\":%s,\"policies\":[%s]}\n", i ? "," : "", arn(i), trust, own
    }
    print "]}"
}' > "$folder/estate.json"
if [ "${ONLY:-who-can}" = who-can ]; then
    time "$keyaki" who-can "$folder/estate.json" -a s3:GetObject \
        ${FLAGS---through-roles} -f json | tail -n 1 | head -c 300
    echo
fi
if [ "${ONLY:-paths}" = paths ]; then
    time "$keyaki" paths "$folder/estate.json" --from services \
        --to "${TO:-arn:aws:iam::100000000000:role/r0}" -f json | head -c 600
    echo
fi
