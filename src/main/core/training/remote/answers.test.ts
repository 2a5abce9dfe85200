import { expect, it } from 'vitest'
import { createAnswerReader, type Answer, type Greeting } from './answers.ts'

interface Read {
  greetings: Greeting[]
  answers: Answer[]
  raw: string
  refusals: string[]
}

async function read(pieces: readonly Buffer[]): Promise<Read> {
  const result: Read = { greetings: [], answers: [], raw: '', refusals: [] }
  const reader = createAnswerReader({
    refusal: 'NO-PYTHON',
    onRefusal: (line) => void result.refusals.push(line),
    onGreeting: (greeting) => void result.greetings.push(greeting),
    onAnswer: (answer) => void result.answers.push(answer),
    onBytes: (data) => Promise.resolve(void (result.raw += data.toString('latin1')))
  })
  for (const piece of pieces) await reader.take(piece)
  return result
}

const greeting = '{"mark": "FITXA-MACHINE-1", "python": [3, 12, 1], "program": "/usr/bin/python3"}\n'
const text = `Welcome!\n{"a": 1}\nno end${greeting}{"alive": true}\n{"bytes": 5, "output": "log.txt"}\n{"\n}x{"done": {"n": "ç"}}\n`

it('reads the same in whatever pieces it comes, after whatever a login script prints', async () => {
  const bytes = Buffer.from(text)
  const whole = await read([bytes])
  expect(whole.greetings).toEqual([{ mark: 'FITXA-MACHINE-1', python: [3, 12, 1], program: '/usr/bin/python3' }])
  expect(whole.answers).toEqual([{ alive: true }, { done: { n: 'ç' } }])
  expect(whole.raw).toBe('{"\n}x')
  for (const size of [1, 2, 3, 7, 64]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
    expect(await read(pieces)).toEqual(whole)
  }
})

it('reads that there is no Python', async () => {
  expect((await read([Buffer.from('Welcome\n\nNO-PYTHON Python 3.9.2\n')])).refusals).toEqual(['NO-PYTHON Python 3.9.2'])
})
