import { describe, expect, it } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { createTerminal } from './terminal.ts'

function recorded(isTTY: boolean, json = false) {
  const written = { out: '', err: '' }
  let time = 0
  const terminal = createTerminal(
    {
      stdout: { write: (text) => (written.out += text) },
      stderr: { write: (text) => (written.err += text), isTTY, columns: 30 }
    },
    json,
    'en',
    () => time
  )
  return { written, terminal, wait: (ms: number) => (time += ms) }
}

describe('the terminal', () => {
  it('overwrites the progress line and cuts it to the width', () => {
    const { written, terminal } = recorded(true)
    terminal.progress('1 of 2')
    terminal.progress('x'.repeat(40))
    terminal.note('done')
    expect(written.err).toBe(`\r\u001b[K1 of 2\r\u001b[K${'x'.repeat(29)}\ndone\n`)
  })

  it('writes an occasional line if the output is no terminal', () => {
    const { written, terminal, wait } = recorded(false)
    terminal.progress('1')
    wait(1999)
    terminal.progress('2')
    wait(1)
    terminal.progress('3')
    terminal.endProgress()
    terminal.progress('4')
    expect(written.err).toBe('1\n3\n4\n')
  })

  it('writes only the result to stdout', () => {
    const people = recorded(false)
    people.terminal.say('text')
    people.terminal.give({ a: 1 })
    expect(people.written.out).toBe('text\n')
    const machine = recorded(false, true)
    machine.terminal.say('text')
    machine.terminal.give({ a: 1 })
    expect(JSON.parse(machine.written.out)).toEqual({ a: 1 })
  })

  it('reports an error to people and as JSON', () => {
    const { written, terminal } = recorded(false, true)
    terminal.fail(new AppError('serve.portInUse', { port: 80 }))
    const message = 'Another program is using port 80. Choose another one with --port, or give none.'
    expect(written.err).toBe(`${message}\n`)
    expect(JSON.parse(written.out)).toEqual({ error: { code: 'serve.portInUse', data: { port: 80 }, message } })
  })
})
