import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { noPython, remoteCommand } from './program.ts'

it('is a command line that every login shell reads alike', () => {
  // csh reads "!" within quotes, fish and csh read "\\", and none of them a quote within a quoted word.
  const [before = '', quoted = '', after = ''] = remoteCommand.split("'")
  expect([before, after]).toEqual(['exec sh -c ', ''])
  expect(quoted).not.toMatch(/[!\\\n]/)
})

const shells = ['/bin/sh', '/bin/bash', '/bin/dash', '/bin/zsh', '/bin/ksh', '/bin/tcsh', '/usr/bin/fish'].filter((shell) =>
  existsSync(shell)
)

it.each(shells)('runs under %s', (shell) => {
  const input = '\nimport sys;sys.stdout.write(sys.stdin.read())\nthe rest $(touch x)\n'
  expect(execFileSync(shell, ['-c', remoteCommand], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })).toBe(
    'the rest $(touch x)\n'
  )
  const old = '\nimport sys;sys.exit(86)\n'
  expect(execFileSync(shell, ['-c', remoteCommand], { input: old, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })).toMatch(
    new RegExp(`^\n${noPython} Python 3`)
  )
  // What a person has chosen is not replaced by something else.
  const chosen = '/no/such/python\nimport sys;sys.stdout.write("never")\n'
  expect(execFileSync(shell, ['-c', remoteCommand], { input: chosen, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })).toBe(
    `\n${noPython} \n`
  )
})
