import { expect, it } from 'vitest'
import { packageProblem } from './checks.ts'
import type { Connection } from './connection.ts'
import { safeParts } from './fetch.ts'
import type { GivenFile } from './files.ts'
import { roomToWork, sendFiles } from './send.ts'
import type { Survey } from './survey.ts'

const picture: GivenFile = { path: 'data/pictures/a.jpg', source: '/nowhere', sha256: 'a'.repeat(64), bytes: 1_000_000 }

/** A machine with so much room that has none of the files. */
function machine(free: number, asked: string[]): Connection {
  return {
    greeting: { python: [3, 12, 1], program: '/usr/bin/python3' },
    folder: '/home/maria/.fitxa',
    traffic: { sent: 0, received: 0 },
    request: <T>(what: string) => {
      asked.push(what)
      return Promise.resolve({ known: true, missing: [[0, 250_000]], free } as T)
    },
    close: () => Promise.resolve()
  }
}

it('sends nothing to a disk on which the training would not fit', async () => {
  const needed = roomToWork([picture]) + 750_000
  const asked: string[] = []
  await expect(sendFiles(machine(needed - 1, asked), 'run', [picture], () => undefined)).rejects.toMatchObject({
    code: 'remote.disk',
    data: { folder: '/home/maria/.fitxa', needed: Math.ceil(needed / 1e6), free: Math.ceil((needed - 1) / 1e6) }
  })
  expect(asked).toEqual(['missing'])
})

const survey: Survey = {
  program: '/usr/bin/python3',
  version: [3, 12, 1],
  system: 'Linux x86_64',
  found: { torch: null },
  torchError: null,
  gpus: [],
  card: null,
  canMakePython: true,
  free: 1e12,
  endsAtLogout: false
}

it('installs packages only where an environment can be made, and not beside a torch that is broken', () => {
  expect(packageProblem(survey, [['torch', '2.13.0']])).toBeNull()
  expect(packageProblem({ ...survey, canMakePython: false }, [])).toBeNull()
  expect(packageProblem({ ...survey, canMakePython: false }, [['torch', '2.13.0']])).toMatchObject({
    code: 'remote.packages',
    data: { packages: 'torch' }
  })
  expect(packageProblem({ ...survey, torchError: 'libcudart.so.13: cannot open' }, [])).toMatchObject({ code: 'remote.torchBroken' })
})

it.each(['../model.json', '/etc/passwd', 'a/../b', 'a//b', '', '.', 'C:\\x', 'a\\..\\b', 'c:x', 'a\0'])('keeps %j out', (name) => {
  expect(() => safeParts(name)).toThrow(expect.objectContaining({ code: 'remote.name' }))
})

it('lets names within the folder in', () => {
  expect(safeParts('onnx/model ç.onnx')).toEqual(['onnx', 'model ç.onnx'])
})
