import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import sharp from 'sharp'
import { expect, sampleFolder, test, type App } from './app.ts'
import { ca, createCatalogue, go, openFirstRecord } from './steps.ts'

const objects = 50

/** A folder of as many different photographs, each an object of its own: those of the sample, turned and brightened. */
async function photographs(folder: string): Promise<string> {
  const source = join(folder, 'fotos')
  mkdirSync(source)
  const pictures = readdirSync(sampleFolder)
    .filter((name) => name.endsWith('.jpg'))
    .sort()
  await Promise.all(
    Array.from({ length: objects }, (_, index) =>
      sharp(join(sampleFolder, pictures[index % pictures.length]!))
        .resize(420)
        .modulate({ brightness: index < pictures.length ? 1 : 0.9, hue: index * 3 })
        .toFile(join(source, `P-${String(index + 1).padStart(3, '0')}.jpg`))
    )
  )
  return source
}

interface Stored {
  readonly label: string
  readonly facet: string
  readonly state: string
}

/** The catalogue on the disk, read independently of the program: the true effect of the keys. */
function stored(app: App, sql: string): Stored[] {
  const [folder] = readdirSync(app.folder).filter((name) => name.endsWith('.fitxa'))
  const database = new Database(join(app.folder, folder ?? '', 'catalogue.sqlite'), { readonly: true })
  try {
    return database.prepare(sql).all() as Stored[]
  } finally {
    database.close()
  }
}

/** The keys of one object. Each facet ends in its own way, so that a key that lands in another facet shows in the catalogue. */
const keysOfObject = ['1', 'Enter', 'n', '2', 'Enter', 'Shift+N']
const wanted = { objectTypes: 'closed', materials: 'notApplicable', disciplines: 'closed', subjects: 'notVisible' }

for (const predictions of ['while they arrive', 'all there'] as const) {
  test(`fifty objects at typing speed, suggestions ${predictions}: every key lands where it belongs`, async ({ app }) => {
    test.setTimeout(600_000)
    const { page } = app
    const source = await photographs(app.folder)
    await createCatalogue(app, 'Pas')
    await page.getByLabel(ca('import.folder')).fill(source)
    await page.getByLabel(ca('import.pattern')).fill('{num}')
    await page.getByRole('button', { name: new RegExp(`^Importa ${objects}`) }).click()
    await expect(page.getByText(`${objects} / ${objects}`, { exact: true }).first()).toBeVisible({ timeout: 60_000 })
    await go(page, 'sheet')
    if (predictions === 'all there')
      await expect(page.getByText(`${objects} de ${objects} objectes en tenen`)).toBeVisible({ timeout: 120_000 })
    await openFirstRecord(app)
    for (let object = 0; object < objects; object += 1) for (const key of keysOfObject) await page.keyboard.press(key)
    await expect(page.getByText(ca('record.said.allClosed'))).not.toHaveCount(0, { timeout: 60_000 })

    const states = stored(
      app,
      `SELECT inventory_number AS label, facet, state FROM facet_state JOIN object ON object.id = object_id ORDER BY inventory_number`
    )
    expect(states.filter(({ facet, state }) => wanted[facet as keyof typeof wanted] !== state)).toEqual([])
    expect(states).toHaveLength(objects * 4)
    // Digits were pressed in two facets only.
    expect(
      stored(
        app,
        `SELECT inventory_number AS label, facet, state FROM annotation JOIN object ON object.id = object_id
         WHERE facet IN ('materials', 'subjects')`
      )
    ).toEqual([])
    if (predictions === 'all there') expect(stored(app, `SELECT '' AS label, facet, state FROM annotation`)).toHaveLength(objects * 2)
  })
}
