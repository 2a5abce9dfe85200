import { spawnSync } from 'node:child_process'
import { existsSync, linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openWriter } from '../catalogue/connection.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import type { ExportOptions } from '../../../shared/model/exchange.ts'
import { defaultSettings } from '../../../shared/model/settings.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { createCatalogue } from '../operations/catalogue.ts'
import type { JobResult } from '../jobs/runner.ts'
import { catalogueWith, schemaFolder, theVocabulary } from './examples.fixture.ts'
import { checkDestination, createExportRunner, type ExportParts } from './export.ts'
import { sweepPartialFiles } from './partial-files.ts'

let home: string
let catalogue: Catalogue
let parts: ExportParts
let jobId: number
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'fitxa-destination-'))
  catalogue = await catalogueWith(home, 20)
  parts = { catalogue, vocabulary: await theVocabulary(), settings: () => defaultSettings, schemaFolder }
  jobId = await newJob()
})
afterEach(async () => {
  await catalogue.close()
  await rm(home, { recursive: true })
})

const newJob = (): Promise<number> => catalogue.write('createJob', { kind: 'export', title: 'x', options: null, at: '2026-12-01' })

async function run(options: Partial<ExportOptions>, id = jobId, onCount: () => void = () => undefined): Promise<JobResult | null> {
  const context = { jobId: id, signal: new AbortController().signal, setTotal: () => undefined, count: onCount }
  return await createExportRunner(parts).run(context, { format: 'csv', ...options })
}

/** The code with which an export is refused, both before its job starts and in the job. */
async function refusal(file: string, overwrite = false): Promise<string> {
  const codes = await Promise.all(
    [() => checkDestination(parts, { format: 'csv', file, overwrite }), () => run({ file, overwrite })].map((attempt) =>
      attempt().then(
        () => 'written',
        (error: { code: string }) => error.code
      )
    )
  )
  expect(codes[0]).toBe(codes[1])
  return codes[0] ?? ''
}

/** Makes a picture of the catalogue lie at `path` below `home`. */
function original(path: string, bytes = 'a picture'): string {
  const connection = openWriter(cataloguePaths(catalogue.folder).database)
  connection.prepare('UPDATE root SET path = ? WHERE id = 1').run(home)
  connection.prepare('UPDATE location SET path = ? WHERE image_id = 3').run(path)
  connection.prepare('UPDATE image SET bytes = ? WHERE id = 3').run(bytes.length)
  connection.close()
  writeFileSync(join(home, path), bytes)
  return join(home, path)
}

describe('an export never writes', () => {
  test.each(['catalogue.sqlite', 'catalogue.lock', 'catalogue.sqlite-wal', 'new.csv', 'thumbnails/new.csv', 'exports'])(
    "onto or among the catalogue's own files: %s",
    async (name) => {
      const objects = await catalogue.read('exportCount')
      for (const overwrite of [false, true])
        expect(await refusal(join(catalogue.folder, name), overwrite)).toMatch(/^export\.(intoCatalogue|notWritable)$/)
      expect(await catalogue.read('exportCount')).toBe(objects)
      expect(existsSync(join(catalogue.folder, 'new.csv'))).toBe(false)
    }
  )

  test('into another catalogue', async () => {
    const other = await createCatalogue(home, 'other')
    await other.close()
    expect(await refusal(cataloguePaths(other.folder).database, true)).toBe('export.intoCatalogue')
    await mkdir(join(other.folder, 'exports'))
    await checkDestination(parts, { format: 'csv', file: join(other.folder, 'exports', 'a.csv') })
  })

  test('through symbolic links, hard links or a linked folder to the database', async () => {
    const { database } = cataloguePaths(catalogue.folder)
    symlinkSync(database, join(home, 'symbolic.csv'))
    linkSync(database, join(home, 'hard.csv'))
    symlinkSync(catalogue.folder, join(home, 'elsewhere'))
    const before = readFileSync(database)
    for (const name of ['symbolic.csv', 'hard.csv', 'elsewhere/catalogue.sqlite', 'elsewhere/new.csv'])
      for (const overwrite of [false, true])
        expect([name, await refusal(join(home, name), overwrite)]).toEqual([name, 'export.intoCatalogue'])
    expect(readFileSync(database).equals(before)).toBe(true)
  })

  test('into a folder that does not exist, and makes none', async () => {
    expect(await refusal(join(home, 'mistyped', 'deep', 'a.csv'))).toBe('export.noFolder')
    expect(existsSync(join(home, 'mistyped'))).toBe(false)
    await run({ file: join(cataloguePaths(catalogue.folder).exports, 'a.csv') })
    expect(readdirSync(cataloguePaths(catalogue.folder).exports)).toEqual(['a.csv'])
  })

  test('onto an original, whatever name leads to it', async () => {
    const photo = original('photo.jpg')
    symlinkSync(photo, join(home, 'symbolic.csv'))
    linkSync(photo, join(home, 'hard.csv'))
    for (const name of ['photo.jpg', 'symbolic.csv', 'hard.csv'])
      for (const overwrite of [false, true]) expect([name, await refusal(join(home, name), overwrite)]).toEqual([name, 'export.isOriginal'])
    expect(readFileSync(photo, 'utf8')).toBe('a picture')
  })

  test('onto an original that was changed since its import, whose catalogued name has other capitals or accents', async () => {
    original('Càlix.JPG')
    writeFileSync(join(home, 'Càlix.JPG'), 'retouched and longer')
    expect(await refusal(join(home, 'Càlix.JPG'))).toBe('export.isOriginal')
    const like = (name: string): Promise<unknown> => catalogue.read('originalsLike', { bytes: -1, name })
    expect(await like('càlix.jpg')).toHaveLength(1)
    expect(await like('Càlix.jpg'.normalize('NFD'))).toHaveLength(1)
    expect(await like('calix.jpg')).toHaveLength(0)
  })

  test('onto a device, a pipe or a link that leads nowhere', async () => {
    symlinkSync(join(home, 'nothing'), join(home, 'dangling.csv'))
    expect(await refusal(join(home, 'dangling.csv'), true)).toBe('export.notAFile')
    if (process.platform === 'win32') return
    spawnSync('mkfifo', [join(home, 'pipe.csv')])
    expect(await refusal(join(home, 'pipe.csv'), true)).toBe('export.notAFile')
    expect(await refusal('/dev/null', true)).toBe('export.notAFile')
  })
})

describe('an existing file', () => {
  test('that is no export of this catalogue is replaced only when told to', async () => {
    const file = join(home, 'list.csv')
    writeFileSync(file, 'years of work')
    expect(await refusal(file)).toBe('export.exists')
    expect(readFileSync(file, 'utf8')).toBe('years of work')
    await run({ file, overwrite: true })
    expect(readFileSync(file, 'utf8')).toContain('000001')
  })

  test('that an export wrote is replaced, also under another name, unless somebody changed it', async () => {
    const file = join(home, 'list.csv')
    await run({ file })
    await run({ file, objectIds: [1] }, await newJob())
    expect(readFileSync(file, 'utf8').trim().split('\r\n')).toHaveLength(2)
    await rename(file, join(home, 'moved.csv'))
    await run({ file: join(home, 'moved.csv') }, await newJob())
    writeFileSync(join(home, 'moved.csv'), `${readFileSync(join(home, 'moved.csv'), 'utf8')}corrected`)
    expect(await refusal(join(home, 'moved.csv'))).toBe('export.exists')
  })

  test('that comes or changes during the export is kept', async () => {
    const file = join(home, 'list.csv')
    const first = run({ file }, jobId, () => writeFileSync(file, 'just saved'))
    await expect(first).rejects.toMatchObject({ code: 'export.exists' })
    expect(readFileSync(file, 'utf8')).toBe('just saved')
    await rm(file)
    await run({ file }, await newJob())
    const second = run({ file }, await newJob(), () => writeFileSync(file, 'just changed'))
    await expect(second).rejects.toMatchObject({ code: 'export.exists' })
    expect(readFileSync(file, 'utf8')).toBe('just changed')
  })
})

test('exports with the default name in the same second are all kept', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-12-01T10:00:00Z') })
  try {
    const results = await Promise.all([1, 2, 3].map(async (object) => run({ objectIds: [object] }, await newJob())))
    const files = results.map((result) => String(result?.['file']))
    expect(new Set(files).size).toBe(3)
    files.forEach((file, index) => expect(readFileSync(file, 'utf8')).toContain(`00000${index + 1}`))
  } finally {
    vi.useRealTimers()
  }
})

test('a name as long as the file system allows is no obstacle', async () => {
  const file = join(home, `${'n'.repeat(251)}.csv`)
  await run({ file })
  expect(existsSync(file)).toBe(true)
})

describe('what a killed export leaves behind', () => {
  /** Notes an unfinished file and writes it, as an export does that is then killed. */
  async function killed(name: string): Promise<string> {
    const file = join(home, name)
    await catalogue.write('notePartialFile', { jobId, file })
    await mkdir(join(file, '..'), { recursive: true })
    writeFileSync(file, 'half')
    return file
  }

  test('is removed when its job is resumed, and when the catalogue opens', async () => {
    const first = await killed('.fitxa-0123abcd.partial')
    await run({ file: join(home, 'a.csv') })
    expect(existsSync(first)).toBe(false)
    const second = await killed('.fitxa-0123abce.partial')
    await mkdir(join(catalogue.folder, 'exports'), { recursive: true })
    writeFileSync(join(catalogue.folder, 'exports', '.prova.csv.0123abcd.partial'), 'of an earlier version')
    await sweepPartialFiles(catalogue, null)
    expect(existsSync(second)).toBe(false)
    expect(readdirSync(join(catalogue.folder, 'exports'))).toEqual([])
    expect(await catalogue.read('partialFiles', null)).toEqual([])
  })

  test('stays noted while its disk is not connected, and no other file is ever removed', async () => {
    const away = await killed('disk/.fitxa-0123abcd.partial')
    const precious = await killed('precious.csv')
    await rename(join(home, 'disk'), join(home, 'disconnected'))
    await sweepPartialFiles(catalogue, null)
    expect(await catalogue.read('partialFiles', null)).toEqual([{ job: jobId, file: away }])
    expect(existsSync(precious)).toBe(true)
    await rename(join(home, 'disconnected'), join(home, 'disk'))
    await sweepPartialFiles(catalogue, null)
    expect(existsSync(away)).toBe(false)
  })
})
