import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseLock, readLocks } from './lock.ts'
import { lockFiles } from './python.ts'
import { realTrainer } from './training.fixture.ts'

it('reads the entries of a lock file', () => {
  const text =
    "# Made by renew.py\nnumpy==2.4.6 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\ncolorama==0.4 ; sys_platform == 'win32' \\\n    --hash=sha256:cc\n"
  expect(parseLock(text)).toEqual([
    { name: 'numpy', text: 'numpy==2.4.6 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb' },
    { name: 'colorama', text: "colorama==0.4 ; sys_platform == 'win32' \\\n    --hash=sha256:cc" }
  ])
})

it('leaves out the libraries of NVIDIA where a torch is there', async () => {
  const names = async (torch: boolean): Promise<string[]> => (await readLocks(realTrainer, torch)).map(({ name }) => name)
  expect(await names(true)).toContain('nvidia-cublas')
  expect((await names(false)).filter((name) => /^(nvidia|cuda|triton)/.test(name))).toEqual([])
})

describe.each([...lockFiles, 'locks/development.txt'])('%s', (file) => {
  const entries = parseLock(readFileSync(join(realTrainer, file), 'utf8'))

  it('pins every package and names its hashes', () => {
    expect(entries.length).toBeGreaterThan(10)
    const pinned = /^[A-Za-z0-9][\w.-]*(\[[\w,-]+\])?==[\w.+!-]+( ; [^\\]+)?( \\\n {4}--hash=sha256:[0-9a-f]{64})+$/
    expect(entries.filter(({ text }) => !pinned.test(text))).toEqual([])
  })
})

it.each([
  ['locks/training.txt', ['requirements.txt', 'requirements-text.txt']],
  [
    'locks/development.txt',
    ['requirements.txt', 'requirements-text.txt', 'requirements-hub.txt', 'requirements-predict.txt', 'requirements-dev.txt']
  ]
])('%s agrees with the lists it is made from', (file, lists) => {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')
  const locked = new Set(parseLock(readFileSync(join(realTrainer, file), 'utf8')).map(({ text }) => plain(text.split(/[ ;]/)[0] ?? '')))
  for (const list of lists)
    for (const { text } of parseLock(readFileSync(join(realTrainer, list), 'utf8'))) {
      const requirement = plain(text.split('\n')[0] ?? '')
      expect(locked, `${list}: renew the locks (trainer/locks/renew.py)`).toContain(requirement)
    }
})
