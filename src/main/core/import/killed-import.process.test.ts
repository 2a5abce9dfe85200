import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { quartersPicture } from '../media/pictures.fixture.ts'

const program = fileURLToPath(new URL('./killed-import.fixture.ts', import.meta.url))
const files = 300
const kills = 6
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

/** Runs the import until it ends by itself, or kills it so many milliseconds after it has begun to work. */
function run(killAfter: number | null): Promise<{ output: string; killed: boolean }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, join(folder, 'killed.fitxa'), join(folder, 'photos')], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    let output = ''
    let timer: NodeJS.Timeout | null = null
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString()
      if (killAfter !== null && output.includes('running')) timer ??= setTimeout(() => child.kill('SIGKILL'), killAfter)
    })
    child.on('close', (_, signal) => {
      if (timer !== null) clearTimeout(timer)
      resolve({ output, killed: signal === 'SIGKILL' })
    })
  })
}

it(`an import of ${files} files killed at ${kills} random points loses nothing, doubles nothing and examines nothing twice`, async () => {
  let killed = 0
  for (let round = 0; round < kills; round++) {
    const end = await run(Math.random() * 1500)
    if (end.killed) killed++
    expect(end.output).not.toContain('twice')
  }
  expect(killed).toBeGreaterThan(0)
  const { output } = await run(null)
  expect(output).not.toContain('twice')
  const result: unknown = JSON.parse(/^result (.*)$/m.exec(output)?.[1] ?? 'null')
  expect(result).toEqual({ counts: { pending: 0, taken: files, already: 0, refused: 0 }, objects: files, images: files })
}, 240_000)
