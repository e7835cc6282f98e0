#!/bin/sh
# A grant of the CDK writes a template that CloudFormation cannot deploy; the synthesis warns and succeeds.
# Where `grantRead` of an EFS `FileSystem`, or `grant` of a `TableV2`, names an account, it puts a policy
# into the properties of the resource, and the policy names the resource by `Fn::GetAtt` of its own ARN.
# A resource that refers to itself is a circular dependency; cfn-lint says so (E3004). `grantReadData` of
# the same table writes `"Resource": "*"`, and a grant of a `Queue` a resource of its own: both are fine.
#
# Seen with aws-cdk-lib 2.276.0 (npm) and cfn-lint 1.58.0 (PyPI):
#   FileSystem.grantRead: E3004
#   TableV2.grant: E3004
#   TableV2.grantReadData: nothing
#   Queue.grantSendMessages: nothing
#   2 warnings of the CDK itself; its exit code is 0
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit --ignore-scripts aws-cdk-lib@2.276.0 constructs@10.8.1 >&2
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cfn-lint==1.58.0
cat > synth.js <<'NODE'
const { App, Stack, aws_dynamodb: ddb, aws_ec2: ec2, aws_efs: efs, aws_iam: iam, aws_sqs: sqs } = require('aws-cdk-lib');
const app = new App({ outdir: 'out' });
const other = new iam.AccountPrincipal('111122223333');
const make = (name, build) => build(new Stack(app, name, { env: { region: 'us-east-1' } }));
const key = { partitionKey: { name: 'a', type: ddb.AttributeType.STRING } };
make('FileSystem-grantRead', stack => new efs.FileSystem(stack, 'X', { vpc: new ec2.Vpc(stack, 'V') }).grantRead(other));
make('TableV2-grant', stack => new ddb.TableV2(stack, 'X', key).grant(other, 'dynamodb:GetItem'));
make('TableV2-grantReadData', stack => new ddb.TableV2(stack, 'X', key).grantReadData(other));
make('Queue-grantSendMessages', stack => new sqs.Queue(stack, 'X').grantSendMessages(other));
app.synth();
NODE
node synth.js 2>warnings
for name in FileSystem.grantRead TableV2.grant TableV2.grantReadData Queue.grantSendMessages; do
  template=out/$(echo "$name" | tr . -).template.json
  found=$(venv/bin/cfn-lint --format parseable "$template" | grep -o 'E3004' | sort -u || true)
  echo "$name: ${found:-nothing}"
done | tee seen
cat > expected <<'TEXT'
FileSystem.grantRead: E3004
TableV2.grant: E3004
TableV2.grantReadData: nothing
Queue.grantSendMessages: nothing
TEXT
diff expected seen
test "$(grep -c 'Circular Dependencies' warnings)" = 2
