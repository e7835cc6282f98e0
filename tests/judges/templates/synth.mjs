// Prints templates of CDK: constructs of many services, and every way to grant access to them.
import { createRequire } from 'node:module';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, packages] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const cdk = require('aws-cdk-lib');
const of = (name) => require(`aws-cdk-lib/aws-${name}`);
const [iam, s3, kms, sqs, sns, ddb, lambda, sm, logs, ecr, kinesis, sfn, events, targets, ssm, cb, cognito, efs, ec2, os, backup, ecs, assets, subs, sources, apigw] = [
  'iam', 's3', 'kms', 'sqs', 'sns', 'dynamodb', 'lambda', 'secretsmanager', 'logs', 'ecr', 'kinesis', 'stepfunctions', 'events',
  'events-targets', 'ssm', 'codebuild', 'cognito', 'efs', 'ec2', 'opensearchservice', 'backup', 'ecs', 's3-assets', 'sns-subscriptions',
  'lambda-event-sources', 'apigateway',
].map(of);

const makers = {
  bucket: (stack) => new s3.Bucket(stack, 'X', { encryption: s3.BucketEncryption.KMS, enforceSSL: true, serverAccessLogsBucket: new s3.Bucket(stack, 'Logs') }),
  plainBucket: (stack) => new s3.Bucket(stack, 'X', { bucketName: 'named', publicReadAccess: false, enforceSSL: true, versioned: true }),
  key: (stack) => new kms.Key(stack, 'X'),
  queue: (stack) => new sqs.Queue(stack, 'X', { encryption: sqs.QueueEncryption.KMS, enforceSSL: true }),
  topic: (stack) => new sns.Topic(stack, 'X', { enforceSSL: true }),
  table: (stack) => new ddb.Table(stack, 'X', { partitionKey: { name: 'a', type: 'S' }, stream: ddb.StreamViewType.NEW_IMAGE, encryption: ddb.TableEncryption.CUSTOMER_MANAGED }),
  tableV2: (stack) => new ddb.TableV2(stack, 'X', { partitionKey: { name: 'a', type: 'S' }, dynamoStream: ddb.StreamViewType.NEW_IMAGE }),
  function: (stack) => new lambda.Function(stack, 'X', { runtime: lambda.Runtime.NODEJS_LATEST, handler: 'a.b', code: lambda.Code.fromInline('x'), deadLetterQueueEnabled: true, tracing: lambda.Tracing.ACTIVE }),
  secret: (stack) => new sm.Secret(stack, 'X', { encryptionKey: new kms.Key(stack, 'K') }),
  logGroup: (stack) => new logs.LogGroup(stack, 'X'),
  repository: (stack) => new ecr.Repository(stack, 'X'),
  stream: (stack) => new kinesis.Stream(stack, 'X'),
  stateMachine: (stack) => new sfn.StateMachine(stack, 'X', { definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, 'P')), tracingEnabled: true, logs: { destination: new logs.LogGroup(stack, 'L'), level: sfn.LogLevel.ALL } }),
  bus: (stack) => new events.EventBus(stack, 'X'),
  parameter: (stack) => new ssm.StringParameter(stack, 'X', { stringValue: 'x' }),
  project: (stack) => new cb.Project(stack, 'X', { buildSpec: cb.BuildSpec.fromObject({ version: '0.2' }) }),
  userPool: (stack) => new cognito.UserPool(stack, 'X'),
  fileSystem: (stack) => new efs.FileSystem(stack, 'X', { vpc: new ec2.Vpc(stack, 'V') }),
  domain: (stack) => new os.Domain(stack, 'X', { version: os.EngineVersion.OPENSEARCH_1_3, accessPolicies: [new iam.PolicyStatement({ actions: ['es:*'], principals: [new iam.AnyPrincipal()], resources: ['*'] })] }),
  vault: (stack) => new backup.BackupVault(stack, 'X', { blockRecoveryPointDeletion: true }),
  taskDefinition: (stack) => { const task = new ecs.FargateTaskDefinition(stack, 'X'); task.addContainer('c', { image: ecs.ContainerImage.fromRegistry('x'), logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'x' }) }); return task; },
  role: (stack) => new iam.Role(stack, 'X', { assumedBy: new iam.CompositePrincipal(new iam.AccountPrincipal('123456789012'), new iam.ServicePrincipal('ecs-tasks.amazonaws.com')) }),
  user: (stack) => new iam.User(stack, 'X'),
  managed: (stack) => new iam.ManagedPolicy(stack, 'X', { statements: [new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] })], roles: [new iam.Role(stack, 'R2', { assumedBy: new iam.AccountRootPrincipal() })] }),
  importedBucket: (stack) => s3.Bucket.fromBucketName(stack, 'X', new cdk.CfnParameter(stack, 'Name').valueAsString),
  importedArn: (stack) => s3.Bucket.fromBucketArn(stack, 'X', cdk.Fn.importValue('arn')),
  importedKey: (stack) => kms.Key.fromKeyArn(stack, 'X', new cdk.CfnParameter(stack, 'Arn').valueAsString),
  importedTable: (stack) => ddb.Table.fromTableArn(stack, 'X', new cdk.CfnParameter(stack, 'Arn').valueAsString),
  importedQueue: (stack) => sqs.Queue.fromQueueArn(stack, 'X', new cdk.CfnParameter(stack, 'Arn').valueAsString),
  importedFunction: (stack) => lambda.Function.fromFunctionArn(stack, 'X', 'arn:aws:lambda:us-east-1:123456789012:function:f'),
  importedSecret: (stack) => sm.Secret.fromSecretNameV2(stack, 'X', 'db'),
};

const grantees = {
  role: (stack) => new iam.Role(stack, 'G', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
  service: () => new iam.ServicePrincipal('events.amazonaws.com'),
  account: () => new iam.AccountPrincipal('123456789012'),
  organization: () => new iam.OrganizationPrincipal('o-abcdefghij'),
  web: () => new iam.WebIdentityPrincipal('cognito-identity.amazonaws.com', { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'x' } }),
};

mkdirSync(folder, { recursive: true });
let count = 0;
let skipped = 0;
for (const [name, make] of Object.entries(makers)) {
  for (const [whom, grantee] of Object.entries(grantees)) {
    const probe = new cdk.Stack(new cdk.App(), 'Probe');
    let grants;
    try {
      const made = make(probe);
      const methods = new Set();
      for (let proto = made; proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
        Object.getOwnPropertyNames(proto).filter((method) => method.startsWith('grant')).forEach((method) => methods.add(method));
      }
      grants = [...methods].filter((method) => typeof made[method] === 'function');
    } catch (error) { console.error(`${name}: ${error.message}`); break; }
    const app = new cdk.App();
    const stack = new cdk.Stack(app, 'S');
    const construct = make(stack);
    const principal = grantee(stack);
    for (const method of grants) {
      // The second argument is the actions or a pattern, where there is one.
      try { construct[method](principal, 's3:GetObject'); } catch { skipped += 1; }
    }
    try {
      const text = JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template, null, 1);
      writeFileSync(join(folder, `${name}-${whom}.template.json`), text);
      count += 1;
    } catch (error) { console.error(`${name}, ${whom}: ${error.message}`); }
  }
}
// Things that are wired to each other.
{
  const app = new cdk.App();
  const stack = new cdk.Stack(app, 'Wired');
  const f = makers.function(stack);
  const bucket = new s3.Bucket(stack, 'B', { autoDeleteObjects: true, removalPolicy: cdk.RemovalPolicy.DESTROY });
  const queue = new sqs.Queue(stack, 'Q');
  const topic = new sns.Topic(stack, 'T');
  topic.addSubscription(new subs.SqsSubscription(queue));
  topic.addSubscription(new subs.LambdaSubscription(f));
  f.addEventSource(new sources.SqsEventSource(queue));
  f.addEventSource(new sources.DynamoEventSource(new ddb.Table(stack, 'D', { partitionKey: { name: 'a', type: 'S' }, stream: ddb.StreamViewType.NEW_IMAGE }), { startingPosition: lambda.StartingPosition.LATEST }));
  new events.Rule(stack, 'R', { schedule: events.Schedule.rate(cdk.Duration.hours(1)), targets: [new targets.LambdaFunction(f), new targets.SqsQueue(queue)] });
  new apigw.LambdaRestApi(stack, 'A', { handler: f });
  bucket.addEventNotification(s3.EventType.OBJECT_CREATED, new (of('s3-notifications').SqsDestination)(queue));
  new assets.Asset(stack, 'Asset', { path: packages + '/package.json' }).grantRead(f);
  const vpc = new ec2.Vpc(stack, 'V', { flowLogs: { x: {} } });
  vpc.addGatewayEndpoint('E', { service: ec2.GatewayVpcEndpointAwsService.S3 }).addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], principals: [new iam.AnyPrincipal()], resources: [bucket.arnForObjects('*')] }));
  const distribution = new (of('cloudfront').Distribution)(stack, 'CF', { defaultBehavior: { origin: of('cloudfront-origins').S3BucketOrigin.withOriginAccessControl(bucket) } });
  distribution.grantCreateInvalidation(f);
  writeFileSync(join(folder, 'wired.template.json'), JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template, null, 1));
  count += 1;
}
console.log(`${count} templates, ${skipped} grants that take other arguments`);
