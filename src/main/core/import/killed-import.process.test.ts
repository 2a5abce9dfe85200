import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { quartersPicture } from '../media/pictures.fixture.ts'

const program = fileURLToPath(new URL('./killed-import.fixture.ts', import.meta.url))
const files = 300
/** Files examined by each run before it is killed: the first one, within a batch, at its end, and after it. */
const kills = [1, 20, 64, 65, 30, 3]
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fitxa-killed-'))
  mkdirSync(join(folder, 'photos'))
  for (let number = 0; number < files; number++)
    writeFileSync(
      join(folder, 'photos', `${number}.png`),
      await quartersPicture(60 + (number % 100), 60 + Math.floor(number / 100))
        .png()
        .toBuffer()
    )
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the import to its end, or kills it once it has examined so many files. */
function run(killAfter: number | null): Promise<{ output: string; killed: boolean }> {
  return new Promise((resolve) => {
    const limit = killAfter === null ? [] : [String(killAfter)]
    const child = spawn(process.execPath, [program, join(folder, 'killed.fitxa'), join(folder, 'photos'), ...limit], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    let output = ''
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString()
      if (killAfter !== null && output.split('examined').length > killAfter) child.kill('SIGKILL')
    })
    child.on('close', (_, signal) => resolve({ output, killed: signal === 'SIGKILL' }))
  })
}

it(`an import of ${files} files killed ${kills.length} times loses nothing, doubles nothing and examines nothing twice`, async () => {
  for (const killAfter of kills) {
    const { output, killed } = await run(killAfter)
    expect(killed).toBe(true)
    expect(output).not.toContain('twice')
  }
  const { output } = await run(null)
  expect(output).not.toContain('twice')
  const result: unknown = JSON.parse(/^result (.*)$/m.exec(output)?.[1] ?? 'null')
  expect(result).toEqual({ counts: { pending: 0, taken: files, already: 0, refused: 0 }, objects: files, images: files })
}, 240_000)
