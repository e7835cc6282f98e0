// Asks iam-simulate: a simulation a line in, its answer a line out.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

for await (const line of createInterface({ input: process.stdin })) {
  const said = await runSimulation(JSON.parse(line), {})
  const answer =
    said.resultType === 'error'
      ? { errors: said.errors }
      : { result: said.overallResult, ignored: said.result?.ignoredContextKeys ?? [] }
  console.log(JSON.stringify(answer))
}
