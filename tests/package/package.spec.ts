import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { expect, test } from '@playwright/test'
import { sampleFolder } from '../e2e/places.ts'
import { ca, go, openFirstRecord, openSample, treeOf } from '../e2e/steps.ts'
import { routesAskedFor } from '../electron/processes.ts'
import { home, root, runAs, startProgram, startScreen, within } from './installed.ts'

const fixtures = join(import.meta.dirname, '..', 'fixtures')
const data = join(home, '.local', 'share', 'fitxa')
const sample = join(data, 'samples', 'Mostra.fitxa')

/** What was exported so far; a file that is being written has another ending. */
const exportedFiles = (): string[] => (existsSync(within(sample, 'exports')) ? readdirSync(within(sample, 'exports')) : [])

test.skip(root === '', 'runs in a clean Debian: npm run test:package')

test('the installed program is what was meant to be packed', async () => {
  const fuses = await getCurrentFuseWire(within('opt/Fitxa/fitxa'))
  // A fuse is a character of the program: 1 is on, 0 off, r taken out.
  const on = (fuse: FuseV1Options): boolean => String.fromCharCode(Number(fuses[fuse])) === '1'
  expect({
    runAsNode: on(FuseV1Options.RunAsNode),
    nodeOptions: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspect: on(FuseV1Options.EnableNodeCliInspectArguments),
    cookies: on(FuseV1Options.EnableCookieEncryption),
    integrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    onlyArchive: on(FuseV1Options.OnlyLoadAppFromAsar),
    fileExtras: on(FuseV1Options.GrantFileProtocolExtraPrivileges)
  }).toEqual({ runAsNode: false, nodeOptions: false, inspect: false, cookies: true, integrity: true, onlyArchive: true, fileExtras: false })
  expect(readdirSync(within('opt/Fitxa/locales')).sort()).toEqual(['ca.pak', 'en-GB.pak', 'en-US.pak', 'es-419.pak', 'es.pak'])
  const core = readdirSync(within('opt/Fitxa/resources/core'), { recursive: true, encoding: 'utf8' })
  expect(core.filter((path) => /\.(map|d\.ts)$|(^|\/)(darwin|win32)[^/]*\.node$/.test(path))).toEqual([])
  for (const file of ['usr/share/doc/fitxa/copyright', 'opt/Fitxa/LICENSE.electron.txt', 'usr/share/applications/fitxa.desktop'])
    expect(existsSync(within(file)), file).toBe(true)
})

test('a person opens the sample, accepts a suggestion, and exports LIDO and CSV, without a way off the machine', async ({}, {
  annotations
}) => {
  const before = routesAskedFor()
  const screen = await startScreen()
  const program = await startProgram(screen.display)
  const { page } = program
  await expect(page.getByRole('button', { name: ca('home.trySample') })).toBeVisible()
  annotations.push({ type: 'first paint, ms', description: String(Math.round(await program.firstPaint())) })
  const app = { page } as Parameters<typeof openSample>[0]
  await openSample(app)
  await openFirstRecord(app)
  await expect(treeOf(page, 'objectTypes').getByRole('treeitem', { name: /suggeriment 1,/ })).toBeVisible()
  for (const facet of ['objectTypes', 'materials'] as const) {
    await page.keyboard.press('1')
    await expect(treeOf(page, facet).getByRole('treeitem', { name: /suggeriment 1,.*acceptat/ })).toBeVisible()
    await page.keyboard.press('Enter')
  }
  for (const [format, ending] of [
    ['LIDO 1.1', '.xml'],
    ['CSV per a Excel', '.csv'],
    [ca('print.formats.card.name'), '.pdf']
  ] as const) {
    await go(page, 'sheet')
    await go(page, 'export')
    await page.getByRole('radio', { name: new RegExp(format) }).check()
    // Records are checked first, and those with errors left out; a PDF has nothing to check.
    if (ending !== '.pdf') {
      await page.getByRole('button', { name: ca('export.check'), exact: true }).click()
      await expect(page.getByText(/^\d+ (fitxa comprovada|fitxes comprovades)/)).toBeVisible({ timeout: 60_000 })
    }
    await page.getByRole('button', { name: /^(Exporta \d+ fitx|Fes el PDF)/ }).click()
    await expect.poll(() => exportedFiles().filter((name) => name.endsWith(ending)), { timeout: 60_000 }).toHaveLength(1)
  }
  const exported = (ending: string): string =>
    readFileSync(within(sample, 'exports', exportedFiles().find((file) => file.endsWith(ending)) ?? ''), 'latin1')
  expect(exported('.xml')).toMatch(/<lido:lido>[\s\S]*vocab\.getty\.edu\/aat\/\d{9}/)
  expect(exported('.csv')).toContain('FX-001')
  expect(exported('.pdf')).toMatch(/^%PDF-/)

  const ended = once(program.process, 'exit')
  // The last window takes the program with it, and with the program the connection.
  await page.close().catch(() => undefined)
  expect((await ended)[0]).toBe(0)
  screen.end()
  expect(routesAskedFor()).toBe(before)
})

test('the command line of the package takes a folder, HEIC included, to LIDO and cards', async () => {
  const photographs = join(home, 'fotos')
  mkdirSync(within(photographs), { recursive: true })
  for (const name of readdirSync(sampleFolder).sort().slice(0, 2)) cpSync(join(sampleFolder, name), within(photographs, name))
  const [heic = ''] = readdirSync(join(fixtures, 'heic')).filter((name) => name.endsWith('.heic'))
  cpSync(join(fixtures, 'heic', heic), within(photographs, heic))
  spawnSync('chroot', [root, 'chown', '-R', 'anna:anna', photographs])
  const { code, out, said } = await runAs(['fitxa-cli', 'batch', photographs, '--out', join(home, 'sortida'), '--json'])
  // 1: LIDO leaves out objects without a type; nothing else may be refused.
  expect([0, 1], said).toContain(code)
  expect((JSON.parse(out) as { imported: { refused: unknown[] } }).imported.refused).toEqual([])
  expect(readFileSync(within(home, 'sortida', 'fotos.csv'), 'utf8')).toContain(heic)
  expect(existsSync(within(home, 'sortida', 'fotos.lido.xml'))).toBe(true)
})

test('removal leaves what the person made', () => {
  const removed = spawnSync('chroot', [root, 'dpkg', '--purge', 'fitxa'], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
  })
  expect(removed.stderr).toBe('')
  expect(removed.status).toBe(0)
  for (const path of ['opt/Fitxa', 'usr/bin/fitxa', 'usr/share/applications/fitxa.desktop'])
    expect(existsSync(within(path)), path).toBe(false)
  expect(existsSync(within(sample, 'catalogue.sqlite'))).toBe(true)
  expect(readdirSync(within(sample, 'exports'))).not.toEqual([])
})
