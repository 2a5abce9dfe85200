import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { epochGate } from '../fixtures/training/epoch-gate.ts'
import { expect, root, test, type App } from './app.ts'
import { ca, go, openSample, textOf } from './steps.ts'

/** A stand-in for the trainer, which does as its head comment tells. */
const withTrainer = (wish: object): NodeJS.ProcessEnv => ({
  FITXA_TRAINER: join(root, 'tests', 'fixtures', 'training', 'trainer'),
  FITXA_TRAINER_PYTHON: process.env['FITXA_TRAINER_PYTHON'] ?? 'python3',
  FITXA_STAND_IN: JSON.stringify(wish)
})

/** Asks the core of the window something, with the key of the session where the shell has one. */
async function ask<T>(page: Page, method: string, input: unknown): Promise<T> {
  const answer = await page.evaluate(
    async ([path, json]) => {
      const [key = ''] = (localStorage.getItem('fitxa-session') ?? '').split('.')
      const headers = { 'content-type': 'application/json', ...(key === '' ? {} : { 'Fitxa-Session': key }) }
      const response = await fetch(`${location.origin}/rpc/${path}`, { method: 'POST', headers, body: JSON.stringify({ json }) })
      return { ok: response.ok, body: (await response.json()) as { json: unknown } }
    },
    [method, input] as const
  )
  if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(answer.body)}`)
  return answer.body.json as T
}

/** Decides as a person does in the record, on the first objects of the catalogue: accepts a term, and closes its facet. */
async function close(page: Page, objects: number, term: string): Promise<void> {
  const { ids } = await ask<{ ids: number[] }>(page, 'objects/ids', { filter: {} })
  for (const objectId of ids.slice(0, objects)) {
    await ask(page, 'decisions/apply', { kind: 'term', objectId, term, state: 'accepted' })
    await ask(page, 'decisions/apply', { kind: 'facet', objectId, facet: term.slice(0, term.indexOf('/')), state: 'closed' })
  }
}

const pitcher = 'objectTypes/contenidor | atuell | pitxell'
const bronze = 'materials/metall | metall no fèrric | aliatge de coure | bronze'

/** The sample with object types closed on twelve objects, on the screen of models. */
async function withClosedFacets(app: App): Promise<void> {
  await openSample(app)
  await close(app.page, 12, pitcher)
  await go(app.page, 'models')
  await expect(app.page.getByRole('row', { name: /^Tipus d’objecte 12 / })).toBeVisible()
}

const startButton = (page: Page) => page.getByRole('button', { name: /^Entrena amb/ })
const models = (page: Page) => page.getByRole('table', { name: ca('models.models'), exact: true })
const inUse = (page: Page) => models(page).getByRole('row', { name: new RegExp(ca('models.standings.inUse')) })

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

test.describe('a slow training', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-gate-'))
  const gate = epochGate(folder)
  test.afterAll(() => rmSync(folder, { recursive: true, force: true }))
  test.use({ environment: withTrainer({ epochs: 5, gate: gate.file }) })

  test('the set says that nothing is closed, then that there is enough, all by keyboard', async ({ app }) => {
    const { page } = app
    gate.allow(0)
    await openSample(app)
    await page.keyboard.press('F9')
    await expect(page.getByText(ca('models.nothingClosed'))).toBeVisible()
    await expect(page.getByRole('button', { name: /^Comença l’entrenament/ })).toBeDisabled()
    await expect(inUse(page)).toContainText('Model inicial')

    await test.step('decisions count at once, and lacking terms are named', async () => {
      await close(page, 12, pitcher)
      await close(page, 3, bronze)
      const set = page.getByRole('row', { name: /^Tipus d’objecte 12 / })
      await expect(set).toBeVisible()
      await expect(page.getByText(/bronze: en falten 5/)).toBeVisible()
      await page.getByRole('button', { name: ca('models.allTerms') }).press('Enter')
      const dialog = page.getByRole('dialog')
      await expect(dialog.getByRole('row', { name: /bronze 5 en falten 5/ })).toBeVisible()
      await dialog.getByRole('searchbox').fill('xyzzy')
      await expect(dialog.getByText('Cap terme.')).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(dialog).toBeHidden()
    })

    await test.step('start, and no time is promised before it is measured', async () => {
      await startButton(page).press('Enter')
      await expect(page.getByText(ca('models.timeLater'))).toBeVisible()
      gate.allow(1)
      await expect(page.getByText(/^Època 1 de 5 · /)).toBeVisible()
      await expect(page.getByText(/falten uns \d+ s/).first()).toBeVisible()
      await expect(page.getByRole('figure', { name: new RegExp(`^${ca('models.loss')}`) })).toBeVisible()
    })

    await test.step('stop and save, then resume', async () => {
      await page.getByRole('button', { name: ca('models.stopAndSave') }).press('Enter')
      await expect(page.getByText(ca('models.jobState.stopped')).locator('visible=true').first()).toBeVisible()
      // The button that was pressed is gone, and the focus is beside the one that takes its place.
      await page.keyboard.press('Tab')
      await expect(page.getByRole('button', { name: ca('frame.resume') })).toBeFocused()
      gate.allow(5)
      await page.keyboard.press('Enter')
      await expect(page.getByText(/Entrenat: .* 1\.0\.0/)).toBeVisible({ timeout: 60_000 })
    })

    await test.step('the new model stands beside the one in use', async () => {
      const row = page.getByRole('row', { name: /^Tipus d’objecte/ }).last()
      await expect(row).toContainText('0,60 / 0,50')
      await expect(row).toContainText('+0,10 millor')
      await expect(row).toContainText('0,00 igual')
      await expect(page.getByText('Millora 1 terme · n’empitjora 1 · 1 igual')).toBeVisible()
      await expect(inUse(page)).toContainText('Model inicial')
    })

    await test.step('one press activates, one press goes back', async () => {
      await page
        .getByRole('button', { name: /^Activa .* 1\.0\.0$/ })
        .last()
        .press('Enter')
      await expect(inUse(page)).not.toContainText('Model inicial')
      await page.getByRole('button', { name: /^Torna a Model inicial/ }).press('Enter')
      await expect(inUse(page)).toContainText('Model inicial')
      await expect(models(page).getByText(ca('models.standings.archived'))).toBeVisible()
    })

    await test.step('the model card is read, not run', async () => {
      await inUse(page).getByRole('button').press('Enter')
      const dialog = page.getByRole('dialog')
      await expect(dialog.getByRole('heading', { name: /^Model inicial/ })).toBeVisible()
      await expect(dialog.getByRole('table').first()).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(inUse(page).getByRole('button')).toBeFocused()
    })
  })

  for (const [language, theme, width, height] of [
    ['ca', 'light', 1366, 688],
    ['en', 'dark', 1920, 968]
  ] as const) {
    test(`model in use, state of the training and size of the set are in view (${language}, ${width})`, async ({ app }) => {
      const { page } = app
      await app.resize(width, height)
      await page.emulateMedia({ colorScheme: theme })
      gate.allow(2)
      await withClosedFacets(app)
      if (language === 'en') await page.keyboard.press('Shift+F8')
      expect(await findings(page)).toEqual([])
      await page.getByRole('button', { name: language === 'ca' ? /^Entrena amb/ : /^Train on/ }).click()
      await expect(page.getByRole('figure').first()).toBeVisible()
      for (const part of [
        page.getByRole('row', { name: new RegExp(textOf(language, 'models.standings.inUse')) }),
        page.getByRole('row', { name: new RegExp(`^${textOf(language, 'frame.facet.subjects')}`) }).last(),
        page.getByRole('progressbar', { name: textOf(language, 'models.training') }),
        page.getByRole('figure').last(),
        page.getByRole('button', { name: textOf(language, 'models.stopAndSave') })
      ]) {
        await expect(part).toBeInViewport({ ratio: 1 })
      }
      expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([
        width,
        height
      ])
      expect(await findings(page)).toEqual([])
    })
  }
})

test.describe('a trainer that crashes', () => {
  test.use({ environment: withTrainer({ epochs: 3, crashAt: 2 }) })

  test('is reported with a remedy, and the training resumes', async ({ app }) => {
    const { page } = app
    await withClosedFacets(app)
    await startButton(page).click()
    await expect(page.getByRole('alert').filter({ hasText: /L’entrenador s’ha interromput.*Repreneu/ })).toBeVisible()
    expect(await findings(page)).toEqual([])
    await page.getByRole('button', { name: ca('frame.resume') }).click()
    await expect(page.getByText(/Entrenat: .* 1\.0\.0/)).toBeVisible({ timeout: 60_000 })
  })
})

test.describe('a missing Python', () => {
  test.use({ environment: { ...withTrainer({}), FITXA_TRAINER_PYTHON: join(root, 'no', 'python') } })

  test('is reported, and another one is chosen', async ({ app }) => {
    const { page } = app
    await withClosedFacets(app)
    await expect(page.getByText(ca('models.pythonBroken'))).toBeVisible()
    await expect(page.getByText(ca('models.block.environment'))).toBeVisible()
    await expect(startButton(page)).toBeDisabled()
    await page.getByRole('button', { name: ca('models.choosePython') }).click()
    const path = page.getByLabel(ca('models.pythonPath'), { exact: true })
    await path.fill(join(root, 'package.json'))
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert').filter({ hasText: /package\.json.*no s’ha pogut executar/ })).toBeVisible()
    expect(await findings(page)).toEqual([])
    // The path stays in the field to be corrected.
    await expect(path).toHaveValue(join(root, 'package.json'))
    await path.fill(execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim())
    await page.keyboard.press('Enter')
    await expect(page.getByText(/Python 3\.\d+\.\d+ · PyTorch 0\.0\.0/)).toBeVisible()
    await expect(startButton(page)).toBeEnabled()
    await expect(path).toBeHidden()
  })
})

test.describe('another machine', () => {
  test('is checked step by step, with a remedy for each failure', async ({ app }) => {
    const { page } = app
    await withClosedFacets(app)
    await page.getByRole('radio', { name: ca('models.elsewhere') }).check()
    await expect(startButton(page)).toBeDisabled()
    const target = page.getByLabel(ca('models.target'), { exact: true })
    await target.fill('-oProxyCommand=x')
    await expect(target).toHaveAttribute('aria-invalid', 'true')
    // Nothing listens at the port that is reserved for discarding.
    await target.fill('ssh://maria@127.0.0.1:9')
    await expect(page.getByText(ca('models.block.unchecked'))).toBeVisible()
    await page.keyboard.press('Enter')
    const checks = page.getByRole('list', { name: ca('models.checks') }).getByRole('listitem')
    await expect(checks).toHaveCount(5, { timeout: 60_000 })
    await expect(checks.first()).toContainText(`${ca('models.check.connection')}: ${ca('models.checkState.failed')}`)
    await expect(checks.last()).toContainText(ca('models.checkState.skipped'))
    await expect(startButton(page)).toBeDisabled()
    expect(await findings(page)).toEqual([])
  })
})

test('models are shown without a catalogue', async ({ app }) => {
  const { page } = app
  await expect(page.getByRole('button', { name: ca('home.create') })).toBeVisible()
  await page.keyboard.press('F9')
  await expect(inUse(page)).toContainText('Model inicial')
  await expect(page.getByText(ca('models.noCatalogue'))).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: ca('models.goHome') }).click()
  await expect(page.getByRole('button', { name: ca('home.create') })).toBeVisible()
})
