import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDefinedError, safe } from '@orpc/client'
import { isContractProcedure, type AnyContractRouter } from '@orpc/contract'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { contract } from '../../src/shared/contract.ts'
import { serveCore, type ServedCore } from './over-http.ts'
import { makePictures } from './pictures.ts'

/** Every method of the contract, called as the page calls it, in the order in which a person would come by it. */
let served: ServedCore
let pictures: string

beforeAll(async () => {
  served = await serveCore()
  pictures = await makePictures(join(served.folder, 'pictures'), ['1_a.jpg', '1_b.jpg', '2_a.jpg'])
  await writeFile(join(pictures, '3_a.jpg'), 'no picture')
})

afterAll(() => served.close())

function methodsOf(router: AnyContractRouter, path: string[] = []): string[] {
  if (isContractProcedure(router)) return [path.join('/')]
  return Object.entries(router as Record<string, AnyContractRouter>).flatMap(([name, part]) => methodsOf(part, [...path, name]))
}

/** The code and data of the error that a call ends with. */
async function failure(call: Promise<unknown>): Promise<unknown> {
  const { error } = await safe(call)
  if (error === null || !isDefinedError(error)) throw new Error(`not the contract's error: ${String(error)}`)
  return (error as { data: unknown }).data
}

describe('the methods of the contract', () => {
  it('tell about the program', async () => {
    const { client } = served
    expect(await client.app.info()).toMatchObject({ shell: 'browser', vocabulary: { terms: 1202, concepts: 54372 } })
    expect((await client.app.device()).state).toBe('unknown')
    expect(await client.settings.get()).toMatchObject({ interfaceLanguage: 'ca' })
    expect(await client.settings.set({ institution: 'Museu' })).toMatchObject({ institution: 'Museu', interfaceLanguage: 'ca' })
  })

  it('list folders', async () => {
    const listing = await served.client.folders.list({ path: served.folder })
    expect(listing.entries.map(({ name }) => name)).toContain('pictures')
    expect((await served.client.folders.list({ path: pictures })).images).toBe(4)
    expect(await served.client.folders.make({ parent: served.folder, name: 'new' })).toMatchObject({ path: join(served.folder, 'new') })
    const opening = await served.client.folders.opening({ paths: [join(pictures, '1_a.jpg')] })
    expect(opening).toEqual({ kind: 'import', folder: pictures, files: ['1_a.jpg'] })
  })

  it('say so while no catalogue is open', async () => {
    const { client } = served
    expect(await client.catalogue.current()).toBeNull()
    expect(await client.jobs.list()).toEqual([])
    expect(await failure(client.catalogue.statistics())).toEqual({ code: 'catalogue.notOpen', data: {} })
    expect(await failure(client.objects.record({ objectId: 1 }))).toEqual({ code: 'catalogue.notOpen', data: {} })
  })

  it('make, open and close catalogues', async () => {
    const { client, folder } = served
    const made = await client.catalogue.create({ folder, name: 'Col·lecció' })
    expect(made).toEqual({ path: join(folder, 'Col·lecció.fitxa'), name: 'Col·lecció', objects: 0, problem: null })
    expect(await client.catalogue.close()).toEqual({})
    expect(await client.catalogue.current()).toBeNull()
    expect(await client.catalogue.open({ path: made.path })).toEqual(made)
    expect(await client.catalogue.open({ path: made.path }), 'once more').toEqual(made)
    expect(await failure(client.catalogue.open({ path: join(folder, 'none.fitxa') }))).toMatchObject({ code: 'catalogue.notFound' })
    expect(await client.catalogue.current(), 'still open').toEqual(made)
    expect(await client.catalogue.recent()).toMatchObject([{ path: made.path, found: true, objects: 0 }])
    expect(await client.catalogue.pictures({ path: made.path })).toEqual([])
    expect(await client.catalogue.view({ path: made.path })).toBeNull()
    const view = { objectId: null, order: 'imported' as const, filter: { text: 'a', status: [], flagged: null, suggested: null } }
    expect(await client.catalogue.keepView({ path: made.path, view })).toEqual({})
    expect(await client.catalogue.view({ path: made.path })).toEqual(view)
    const elsewhere = join(folder, 'elsewhere')
    expect(await client.catalogue.saveElsewhere({ folder: elsewhere })).toEqual({ ...made, path: join(elsewhere, 'Col·lecció.fitxa') })
    expect(await failure(client.catalogue.saveElsewhere({ folder: elsewhere }))).toMatchObject({ code: 'catalogue.exists' })
    await client.catalogue.open({ path: made.path })
    expect(await client.catalogue.forget({ path: join(elsewhere, 'Col·lecció.fitxa') })).toMatchObject([{ path: made.path }])
  })

  it('import a folder and report about it', async () => {
    const { client, ended } = served
    const trial = await client.imports.tryPattern({ folder: pictures, pattern: '{num}_{view}' })
    expect(trial).toMatchObject({ files: 4, matched: 4, error: null })
    expect(await client.imports.preview({ folder: pictures, name: '1_a.jpg' })).toEqual({
      image: expect.stringMatching(/^data:image\/jpeg/)
    })
    expect(await client.imports.preview({ folder: pictures, name: '3_a.jpg' }), 'no picture').toEqual({ image: null })
    const { jobId } = await client.imports.start({ folder: pictures, pattern: '{num}_{view}', predict: false })
    expect(await ended(jobId)).toMatchObject({ kind: 'import', state: 'done', counts: { taken: 3, refused: 1 } })
    const report = await client.imports.report({ jobId, state: 'refused', after: null, limit: 10 })
    expect(report.counts).toMatchObject({ taken: 3, already: 0, refused: 1, pending: 0 })
    expect(report.items).toMatchObject([{ path: '3_a.jpg', state: 'refused', reason: expect.stringMatching(/^import\./) }])
    const saved = await client.imports.saveReport({ jobId, problemsOnly: true, language: 'en' })
    expect(saved.name).toMatch(/\.csv$/)
    expect(await readFile(saved.file, 'utf8')).toContain('3_a.jpg')
    const again = await client.imports.retry({ jobId })
    expect(await ended(again.jobId)).toMatchObject({ state: 'done', counts: { refused: 1 } })
    const recent = await client.catalogue.recent()
    expect(recent, 'counted as they are now').toMatchObject([{ objects: 2 }])
    expect(await client.catalogue.forget({ path: recent[0]?.path ?? '' })).toEqual([])
    expect(await client.jobs.list()).toHaveLength(2)
    expect(await client.jobs.stop({ jobId }), 'a job that has ended').toMatchObject({ state: 'done' })
    expect(await failure(client.jobs.resume({ jobId }))).toMatchObject({ code: 'jobs.finished' })
  })

  it('suggest terms', async () => {
    const { client, ended } = served
    const [bundle] = await client.models.list()
    expect(bundle).toMatchObject({ id: 'starter', active: true, problem: null })
    expect((await client.models.card({ id: 'starter', version: bundle?.version ?? '' })).markdown).toMatch(/^# Starter model/)
    const catalan = { id: 'starter', version: bundle?.version ?? '', language: 'ca' } as const
    expect(await client.models.card(catalan)).toMatchObject({ language: 'ca', markdown: expect.stringMatching(/^# Model inicial/) })
    expect(await client.app.checkDevice()).toMatchObject({ state: 'ready' })
    const { ids } = await client.objects.ids({ filter: {} })
    expect(await client.predictions.prioritise({ objectId: ids[0] ?? 0 })).toEqual({})
    const { jobId } = await client.predictions.start({ scope: 'missing' })
    expect(await ended(jobId)).toMatchObject({ kind: 'predict', state: 'done' })
  })

  it('show objects', async () => {
    const { client, url } = served
    const { ids, statusCounts } = await client.objects.ids({ filter: { text: '' }, order: 'number' })
    expect([ids.length, statusCounts]).toEqual([2, { new: 2, inWork: 0, closed: 0 }])
    expect(await client.objects.cards({ ids })).toMatchObject([
      { label: '1', views: 2, suggested: true },
      { label: '2', views: 1, suggested: true }
    ])
    const record = await client.objects.record({ objectId: ids[0] ?? 0 })
    expect(record.facets.map(({ suggestions }) => suggestions.length > 0)).toEqual([true, true, true, true])
    for (const size of ['thumb', 'screen', 'full']) {
      const picture = await fetch(`${url}/media/${record.images[0]?.sha256 ?? ''}/${size}`)
      expect([picture.status, picture.headers.get('content-type')], size).toEqual([200, 'image/jpeg'])
      expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(500)
    }
  })

  it('store decisions and take them back', async () => {
    const { client, ended } = served
    const { ids } = await client.objects.ids({ filter: {} })
    const objectId = ids[0] ?? 0
    const record = await client.objects.record({ objectId })
    const term = record.facets[0]?.suggestions[0]?.term.key ?? ''
    const stored = await client.decisions.apply({ kind: 'term', objectId, term, state: 'accepted' })
    expect(stored.record.facets[0]?.annotations).toMatchObject([{ term: { key: term }, state: 'accepted', suggested: { rank: 1 } }])
    expect((await client.history.state()).undo).toMatchObject({ kind: 'term' })
    expect((await client.history.undo()).action).toMatchObject({ kind: 'term' })
    expect((await client.history.redo()).undo.undo).not.toBeNull()
    const { jobId } = await client.decisions.acceptRule({ top: 1, reason: 'prova' })
    expect(await ended(jobId)).toMatchObject({ kind: 'rule', state: 'done', result: { objects: 2 } })
    expect(await client.history.list({ objectId, before: null, limit: 10 })).toHaveLength(4)
    expect((await client.catalogue.statistics()).facets.objectTypes.accepted).toBe(2)
    const [rule] = await client.history.list({ kinds: ['rule'], before: null, limit: 1 })
    const actionId = rule?.id ?? 0
    expect((await client.history.details({ actionId, limit: 1 })).objects).toHaveLength(1)
    expect(await client.history.undoAction({ actionId })).toMatchObject({ action: { kind: 'rule' } })
    expect((await client.history.redo()).action).toMatchObject({ id: actionId })
    expect(await client.history.authors()).toHaveLength(1)
    const [run] = await client.history.runs()
    const removing = await client.history.removeRun({ runId: run?.id ?? 0 })
    expect(await ended(removing.jobId)).toMatchObject({ kind: 'rule', state: 'done' })
    await client.history.undo()
    expect((await client.history.runs())[0]).toEqual(run)
    const scope = { objectIds: [objectId] }
    const wish = { pattern: '{num}_{view}', scope }
    expect(await client.numbers.try(wish)).toMatchObject({ objects: 1, changed: 0, same: 1, error: null })
    expect(await failure(client.numbers.start(wish))).toMatchObject({ code: 'numbers.nothing' })
    const search = await client.originals.findMoved({ folder: pictures, dryRun: true })
    expect(await ended(search.jobId)).toMatchObject({ kind: 'findMoved', state: 'done', result: { missing: 0, found: 0, actionId: null } })
  })

  it('bring annotations of a file in', async () => {
    const { client, ended } = served
    const folder = await mkdtemp(join(served.folder, 'bring-in-'))
    const list = await client.predictions.openList({ file: join(folder, 'obertes.csv') })
    expect(list).toEqual({ file: join(folder, 'obertes.csv'), images: 0 })
    const other = { file: list.file }
    expect(await failure(client.decisions.bringIn(other))).toMatchObject({ code: 'bringIn.unknownKind' })
    const file = join(folder, 'etiquetes.csv')
    await writeFile(file, 'idInSource,objectTypes.hierarchy,subjects.hierarchy,materials.hierarchy,#portraitMedia.original\n')
    const { jobId } = await client.decisions.bringIn({ file })
    expect(await ended(jobId)).toMatchObject({ kind: 'bringIn', state: 'done' })
  })

  it('say that nothing is learned without the picture encoder', async () => {
    const { client, ended } = served
    expect(await client.learning.state()).toMatchObject({ available: false, on: false, images: 3, facets: [] })
    const [objectId = 0] = (await client.objects.ids({ filter: {} })).ids
    const term = (await client.vocabulary.trees()).key[0] ?? ''
    const refused = { code: 'learning.unavailable' }
    expect(await failure(client.learning.curve())).toMatchObject(refused)
    expect(await failure(client.learning.set({ on: true }))).toMatchObject(refused)
    expect(await failure(client.learning.reset())).toMatchObject(refused)
    const { jobId } = await client.learning.start()
    expect(await ended(jobId)).toMatchObject({ kind: 'learn', state: 'failed', error: refused })
    expect(await failure(client.learning.why({ objectId, term }))).toMatchObject(refused)
  })

  it('set up a graphics card, or say why not', async () => {
    const { client, folder } = served
    expect(await client.gpu.state()).toMatchObject({ installation: 'none' })
    // A machine with a card gets as far as the folder, which holds none of the libraries.
    const refused = failure(client.gpu.install({ from: folder }))
    expect(await refused).toMatchObject({ code: expect.stringMatching(/^gpu\.(noCard|oldDriver|otherSystem|wheelMissing)$/) })
    expect((await client.gpu.remove()).providers.map(({ provider }) => provider)).toContain('cpu')
    const noFolder = join(pictures, '1_a.jpg')
    expect(await failure(client.gpu.pack({ folder: noFolder }))).toMatchObject({ code: 'gpu.notWritable', data: { folder: noFolder } })
  })

  it('back up and restore', async () => {
    const { client, folder } = served
    const path = join(folder, 'Col·lecció.fitxa')
    const made = await client.backups.make()
    const { backups, present } = await client.backups.list({ path: null })
    expect(backups.find(({ file }) => file === made.file)).toEqual(made)
    expect(present).toMatchObject({ objects: made.objects, decisions: made.decisions })
    const elsewhere = await client.backups.setFolder({ folder })
    expect(elsewhere.folder).toContain(join(folder, 'Col·lecció '))
    expect((await client.backups.setFolder({ folder: null })).folder).toBeNull()
    expect(await client.backups.restore({ file: made.file, path })).toMatchObject({ path, objects: made.objects })
  })

  it('tell what changed', async () => {
    const { client, ended, folder } = served
    const profiles = await client.changes.profiles()
    expect(profiles.map(({ profile }) => profile.name)).toEqual(['people', 'xml', 'collectiveaccess', 'omeka-s', 'axiell', 'table'])
    const own = {
      name: 'El nostre',
      format: 'csv' as const,
      rows: 'term' as const,
      columns: [{ heading: 'Núm.', value: 'number' as const }]
    }
    expect(await client.changes.saveProfile(own)).toHaveLength(7)
    expect(await client.changes.removeProfile({ name: 'El nostre' })).toHaveLength(6)
    expect(await client.changes.summary({ since: '2026-01-01' })).toMatchObject({ since: '2026-01-01T00:00:00.000Z' })
    const { jobId } = await client.changes.start({
      format: 'changes',
      since: '2026-01-01',
      profile: 'people',
      file: join(folder, 'canvis.csv')
    })
    expect(await ended(jobId)).toMatchObject({ kind: 'export', state: 'done', result: { file: join(folder, 'canvis.csv') } })
  })

  it('link an inventory and keep fields', async () => {
    const { client, ended, folder } = served
    const file = join(folder, 'inventari.csv')
    await writeFile(file, 'Núm.;Títol\n1;Gerro\n7;Plat\n')
    expect(await client.inventory.linked()).toBeNull()
    expect(await client.inventory.examine({ file })).toMatchObject({ rows: 2, likelyNumber: 'Núm.' })
    expect(await client.inventory.filesIn({ folder })).toEqual({ files: [join(folder, 'canvis.csv'), file] })
    expect(await client.inventory.plan({ file, number: 'Núm.' })).toMatchObject({ exact: 1, unmatchedRows: 1, difference: { added: 1 } })
    const { jobId } = await client.inventory.link({ file, number: 'Núm.' })
    expect(await ended(jobId)).toMatchObject({ kind: 'link', state: 'done', result: { linked: 1 } })
    expect(await client.inventory.linked()).toMatchObject({ file, linked: 1, changed: false })
    const added = await client.fields.add({ kind: 'text', name: 'Sala' })
    const [, title, room] = added.map(({ id }) => id)
    expect(await client.fields.order({ ids: [room ?? 0, title ?? 0] })).toMatchObject([
      { name: 'Sala' },
      { name: 'Títol' },
      { name: 'Núm.' }
    ])
    expect((await client.fields.change({ id: room ?? 0, name: 'Ubicació' }))[0]).toMatchObject({ name: 'Ubicació' })
    expect(await failure(client.fields.change({ id: room ?? 0, name: 'títol' }))).toMatchObject({ code: 'field.exists' })
    expect(await client.fields.list()).toHaveLength(3)
    const [objectId = 0] = (await client.objects.ids({ filter: { text: 'gerro' } })).ids
    const { record } = await client.decisions.apply({ kind: 'field', objectId, fieldId: room ?? 0, value: 'Sala 3' })
    expect(record.fields.map(({ name, value }) => [name, value])).toEqual([
      ['Ubicació', 'Sala 3'],
      ['Títol', 'Gerro']
    ])
    await client.history.undo()
    const undone = await client.history.undo()
    expect(undone.action).toMatchObject({ kind: 'link', field: 'inventari.csv' })
  })

  it('know the vocabulary', async () => {
    const { client } = served
    const trees = await client.vocabulary.trees()
    expect(trees.key).toHaveLength(1202)
    const [hit] = await client.vocabulary.search({ query: 'bronze', facet: 'materials', language: 'ca' })
    expect(hit?.term.labels.ca).toBe('bronze')
    expect((await client.vocabulary.term({ key: hit?.term.key ?? '' })).broader.length).toBeGreaterThan(0)
    expect(await failure(client.vocabulary.term({ key: 'materials/no such thing' }))).toMatchObject({ code: 'vocabulary.unknownTerm' })
  })

  it('export and validate', async () => {
    const { client, ended, url } = served
    expect(await client.exports.check({ format: 'lido', what: 'accepted' })).toMatchObject({ records: 2, errors: 0 })
    const { jobId } = await client.exports.start({ format: 'lido', what: 'accepted' })
    const { result } = await ended(jobId)
    const file = String(result?.['file'])
    expect(await client.exports.validate({ file })).toMatchObject({ records: 2, errors: 0 })
    const download = await fetch(`${url}/download/${encodeURIComponent(file.split(/[\\/]/).at(-1) ?? '')}`)
    expect([download.status, await download.text()]).toEqual([200, expect.stringContaining('<lido:lido')])
    const printed = await ended((await client.exports.print({ format: 'card' })).jobId)
    expect(printed.error, 'printing').toBeNull()
    expect(printed).toMatchObject({ kind: 'export', state: 'done', result: { file: expect.stringMatching(/\.pdf$/) } })
  })

  it('choose the model in use', async () => {
    const { client } = served
    const [bundle] = await client.models.list()
    const { id = '', version = '' } = bundle ?? {}
    expect(await client.models.activate({ id, version }), 'the active one').toMatchObject([{ active: true, previous: false }])
    expect(await failure(client.models.activate({ id, version: 'none' }))).toMatchObject({ code: 'bundle.notFound' })
    expect(await failure(client.models.back())).toEqual({ code: 'models.noPrevious', data: {} })
  })

  it('train', async () => {
    const { client, ended } = served
    vi.stubEnv('FITXA_TRAINER_PYTHON', undefined)
    expect(await client.training.environment()).toMatchObject({ state: 'missing', python: null })
    const { jobId } = await client.training.setUp({ python: process.execPath })
    expect(await ended(jobId), 'a program that is no Python').toMatchObject({
      kind: 'environment',
      error: { code: 'training.pythonNotStarted' }
    })
    const { ids } = await client.objects.ids({ filter: {} })
    for (const objectId of ids) await client.decisions.apply({ kind: 'facet', objectId, facet: 'objectTypes', state: 'closed' })
    expect(await client.training.set()).toMatchObject({ objects: 2, problem: { code: 'training.tooFewPictures' } })
    expect(await failure(client.training.start({}))).toMatchObject({ code: 'training.tooFewPictures' })
    expect(await failure(client.training.state({ jobId }))).toMatchObject({ code: 'training.notFound' })
    const checks = await client.training.checkRemote({ target: 'nobody@127.0.0.1:1' })
    expect(checks.map(({ name, state }) => [name, state])[0]).toEqual(['connection', 'failed'])
    expect(await failure(client.training.checkRemote({ target: '-oProxyCommand=x' })), 'an option of ssh').toMatchObject({
      code: 'request.invalid'
    })
    const [bundle] = await client.models.list()
    const { id = '', version = '' } = bundle ?? {}
    expect(await client.training.compare({ id, version })).toMatchObject({ other: null, samePictures: false, counts: { better: 0 } })
    vi.unstubAllEnvs()
  })

  it('open the sample collection', async () => {
    const { client, ended } = served
    const sample = await client.catalogue.openSample()
    const job = (await client.jobs.list()).find(({ kind }) => kind === 'import')
    expect(await ended(job?.id ?? 0)).toMatchObject({ state: 'done', counts: { taken: 2 } })
    const suggesting = (await client.jobs.list()).find(({ kind }) => kind === 'predict')
    expect(await ended(suggesting?.id ?? 0), 'suggestions follow by themselves').toMatchObject({ state: 'done' })
    await client.catalogue.close()
    expect(await client.catalogue.openSample(), 'a second time').toMatchObject({ path: sample.path })
    expect((await client.jobs.list()).filter(({ kind }) => kind === 'import')).toHaveLength(1)
  })

  it('say what is wrong with what they are given', async () => {
    const { client, folder } = served
    expect(await failure(client.catalogue.create({ folder, name: ' ' }))).toMatchObject({
      code: 'request.invalid',
      data: { field: 'name' }
    })
    expect(await failure(client.vocabulary.term({ key: 'bronze' }))).toMatchObject({ code: 'request.invalid', data: { field: 'key' } })
  })

  it('were all called', () => {
    expect([...served.called].sort()).toEqual(methodsOf(contract).sort())
  })
})
