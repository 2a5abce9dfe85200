import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import configuration from '../../.dependency-cruiser.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fitxa-rules-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Names of the rules that a small tree of files breaks. */
async function broken(files: Record<string, string>): Promise<string[]> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const { output } = await cruise(['src'], {
    baseDir: folder,
    ruleSet: { forbidden: configuration.forbidden ?? [] },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' }
  })
  return [...new Set((output as ICruiseResult).summary.violations.map(({ rule }) => rule.name))]
}

const face = { 'src/main/core/core.ts': 'export const createCore = 1' }

it('lets a shell use the face of the core', async () => {
  expect(await broken({ ...face, 'src/main/cli/main.ts': "import { createCore } from '../core/core.ts'\ncreateCore" })).toEqual([])
})

it.each<[string, Record<string, string>]>([
  [
    'shells-use-the-face-of-the-core',
    { 'src/main/core/jobs/jobs.ts': 'export const x = 1', 'src/main/cli/main.ts': "import { x } from '../core/jobs/jobs.ts'\nx" }
  ],
  ['shared-is-alone', { ...face, 'src/shared/a.ts': "import { createCore } from '../main/core/core.ts'\ncreateCore" }],
  ['shared-without-node', { 'src/shared/a.ts': "import { join } from 'node:path'\njoin" }],
  ['page-is-a-page', { ...face, 'src/renderer/src/a.ts': "import { createCore } from '../../main/core/core.ts'\ncreateCore" }],
  ['page-without-node', { 'src/renderer/src/a.ts': "import { readFileSync } from 'node:fs'\nreadFileSync" }],
  [
    'core-knows-no-shell',
    { 'src/main/browser/b.ts': 'export const b = 1', 'src/main/core/core.ts': "import { b } from '../browser/b.ts'\nb" }
  ],
  [
    'no-circular',
    {
      'src/main/core/a.ts': "import { b } from './b.ts'\nexport const a = b",
      'src/main/core/b.ts': "import { a } from './a.ts'\nexport const b = a"
    }
  ],
  [
    'lib-knows-no-area',
    { 'src/main/core/jobs/jobs.ts': 'export const x = 1', 'src/main/core/lib/a.ts': "import { x } from '../jobs/jobs.ts'\nx" }
  ],
  [
    'catalogue-is-ground',
    { 'src/main/core/jobs/jobs.ts': 'export const x = 1', 'src/main/core/catalogue/a.ts': "import { x } from '../jobs/jobs.ts'\nx" }
  ],
  ['app-on-top', { 'src/main/core/app/desk.ts': 'export const x = 1', 'src/main/core/jobs/a.ts': "import { x } from '../app/desk.ts'\nx" }],
  [
    'ground-of-the-main-process',
    { 'src/main/core/core.ts': 'export const x = 1', 'src/main/a.ts': "import { x } from './core/core.ts'\nx" }
  ],
  [
    'sqlite-in-the-catalogue-only',
    {
      'node_modules/better-sqlite3/package.json': '{"name":"better-sqlite3","main":"i.js"}',
      'node_modules/better-sqlite3/i.js': '',
      'src/main/core/a.ts': "import D from 'better-sqlite3'\nD"
    }
  ],
  [
    'electron-in-its-shell-only',
    {
      'node_modules/electron/package.json': '{"name":"electron","main":"i.js"}',
      'node_modules/electron/i.js': '',
      'src/main/core/a.ts': "import { app } from 'electron'\napp"
    }
  ]
])('%s is enforced', async (name, files) => {
  expect(await broken(files)).toContain(name)
})
