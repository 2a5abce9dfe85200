/** Starts a program as a training is started and says so; the test then kills this process. */
import { runSubprocess } from './subprocess.ts'

const script = `process.stdin.resume().on('end', () => require('node:fs').writeFileSync(process.argv[1], 'stdin ended')); console.log('ready')`

await runSubprocess(
  {
    program: process.execPath,
    arguments: ['-e', script, process.argv[2] ?? ''],
    env: process.env,
    onLine: () => process.send?.('ready'),
    onErrorLine: () => undefined
  },
  new AbortController().signal
)
