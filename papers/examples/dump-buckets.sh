#!/bin/sh
# Prints a line for each bucket of an account, for `keyaki import`: `dump-buckets.sh > buckets.jsonl`. A call that fails for another reason
# than that there is nothing ends it: a policy that may not be read is not a policy that is not there.
set -eu
account=$(aws sts get-caller-identity --query Account --output text)

# What a call prints, or `otherwise` where the error says that there is nothing.
known() {
  nothing=$1 otherwise=$2
  shift 2
  if answer=$(aws s3api "$@" --output json 2>&1); then
    printf '%s' "$answer"
  else
    case $answer in
      *"$nothing"*) printf '%s' "$otherwise" ;;
      *) echo "$answer" >&2 && return 1 ;;
    esac
  fi
}

for bucket in $(aws s3api list-buckets --query 'Buckets[].Name' --output text); do
  policy=$(known NoSuchBucketPolicy null get-bucket-policy --bucket "$bucket" --query Policy)
  block=$(known NoSuchPublicAccessBlock '{}' get-public-access-block --bucket "$bucket" --query PublicAccessBlockConfiguration)
  owner=$(known OwnershipControlsNotFound '""' get-bucket-ownership-controls --bucket "$bucket" --query 'OwnershipControls.Rules[0].ObjectOwnership')
  case $owner in *BucketOwnerEnforced*) off=true ;; *) off=false ;; esac
  printf '{"arn": "arn:aws:s3:::%s", "account": "%s", "policy": %s, "blockPublicAccess": %s, "aclsOff": %s}\n' \
    "$bucket" "$account" "$policy" "$block" "$off" | tr -d '\n'
  echo
done
