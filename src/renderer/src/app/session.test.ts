import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { defaultSettings } from '../../../shared/model/settings.ts'

const catalogue = { path: '/c.fitxa', name: 'C', objects: 2, problem: null }
const core = vi.hoisted(() => ({
  settings: { get: vi.fn() },
  catalogue: { current: vi.fn(), open: vi.fn(), view: vi.fn(), keepView: vi.fn() },
  app: { device: vi.fn() },
  jobs: { list: vi.fn() },
  history: { state: vi.fn() },
  learning: { state: vi.fn() },
  objects: { ids: vi.fn(), cards: vi.fn() }
}))
vi.mock('../api/client.ts', () => ({ api: core, storing: { value: 0 } }))
vi.mock('../api/events.ts', () => ({ openEvents: () => ({ retry: () => undefined, close: () => undefined }) }))

/** Loads fresh state of the page, like a new window. */
async function newWindow() {
  vi.resetModules()
  const { startSession, hasCatalogue } = await import('./session.ts')
  const { dispatchEvent } = await import('../composables/useEvents.ts')
  const { useWorkingSet } = await import('../composables/useWorkingSet.ts')
  const { useMessages } = await import('../composables/useMessages.ts')
  return { startSession, hasCatalogue, dispatchEvent, set: useWorkingSet(), messages: useMessages().messages }
}

beforeEach(() => {
  vi.clearAllMocks()
  core.settings.get.mockResolvedValue(defaultSettings)
  core.catalogue.current.mockResolvedValue(catalogue)
  core.catalogue.open.mockResolvedValue(catalogue)
  core.catalogue.view.mockResolvedValue(null)
  core.catalogue.keepView.mockResolvedValue({})
  core.app.device.mockResolvedValue({
    state: 'unknown',
    device: 'cpu',
    cores: 1,
    imagesPerSecond: null,
    providers: [],
    checkedAt: null,
    error: null
  })
  core.jobs.list.mockResolvedValue([])
  core.history.state.mockResolvedValue({ undo: null, redo: null })
  core.learning.state.mockResolvedValue({ available: false, on: false, images: 0, embedded: 0, facets: [] })
  core.objects.ids.mockResolvedValue({ ids: [1, 2], statusCounts: { new: 2, inWork: 0, closed: 0 } })
  core.objects.cards.mockResolvedValue([])
})
const hello = (coreId: string) => ({ type: 'hello' as const, coreId })

describe('startSession', () => {
  it('reads what is open, once', async () => {
    const page = await newWindow()
    await page.startSession()
    page.dispatchEvent(hello('a'))
    expect(page.hasCatalogue()).toBe(true)
    expect(page.set.ids.value).toEqual([1, 2])
    expect(core.settings.get).toHaveBeenCalledTimes(1)
  })

  it('warns once of a catalogue that lies where it can be damaged', async () => {
    const risk = { code: 'catalogue.synchronised', data: { folder: '/c.fitxa', service: 'Dropbox' } }
    core.catalogue.current.mockResolvedValue({ ...catalogue, risk })
    const page = await newWindow()
    await page.startSession()
    page.dispatchEvent({ type: 'catalogue', catalogue: { ...catalogue, risk } })
    expect(page.messages.value).toMatchObject([{ kind: 'problem', text: expect.stringContaining('Dropbox') as string }])
  })

  it('shows a catalogue where it was left: object, filter and order', async () => {
    const page = await newWindow()
    const filter = { text: 'blau', status: [], flagged: null, suggested: null, fields: [] }
    core.catalogue.view.mockResolvedValue({ objectId: 2, order: 'imported', filter })
    await page.startSession()
    expect(core.objects.ids).toHaveBeenCalledWith({ filter, order: 'imported' })
    expect(page.set.currentId.value).toBe(2)
  })

  it('has no current object if the one that was current is gone', async () => {
    const page = await newWindow()
    core.catalogue.view.mockResolvedValue({ objectId: 9, order: 'number', filter: page.set.filter.value })
    await page.startSession()
    expect(page.set.currentId.value).toBeNull()
  })

  it('remembers where the person is once they stay, and for the catalogue that is open then', async () => {
    const page = await newWindow()
    await page.startSession()
    vi.useFakeTimers()
    try {
      page.set.visit(1)
      await nextTick()
      vi.advanceTimersByTime(300)
      page.set.visit(2)
      await nextTick()
      vi.advanceTimersByTime(499)
      expect(core.catalogue.keepView).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect(core.catalogue.keepView.mock.calls).toEqual([
        [{ path: '/c.fitxa', view: { objectId: 2, order: 'number', filter: page.set.filter.value } }]
      ])
    } finally {
      vi.useRealTimers()
    }
  })

  it('reopens the catalogue in a restarted core', async () => {
    const page = await newWindow()
    await page.startSession()
    page.dispatchEvent(hello('a'))
    core.catalogue.current.mockResolvedValueOnce(null)
    page.dispatchEvent(hello('b'))
    await vi.waitFor(() => expect(core.history.state).toHaveBeenCalledTimes(2))
    expect(core.catalogue.open).toHaveBeenCalledWith({ path: '/c.fitxa' })
    expect(page.hasCatalogue()).toBe(true)
  })

  it('reads again what it may have missed while disconnected', async () => {
    const page = await newWindow()
    await page.startSession()
    page.dispatchEvent(hello('a'))
    core.history.state.mockClear()
    page.dispatchEvent(hello('a'))
    await vi.waitFor(() => expect(core.history.state).toHaveBeenCalledTimes(1))
    expect(core.catalogue.open).not.toHaveBeenCalled()
  })

  it('starts with the first hello if the core was not running at the start', async () => {
    const page = await newWindow()
    core.settings.get.mockRejectedValueOnce(new TypeError('Failed to fetch'))
    await page.startSession()
    expect([page.hasCatalogue(), page.messages.value]).toEqual([false, []])
    page.dispatchEvent(hello('a'))
    await vi.waitFor(() => expect(page.hasCatalogue()).toBe(true))
  })

  it('forgets the objects of a catalogue that was closed', async () => {
    const page = await newWindow()
    await page.startSession()
    page.dispatchEvent({ type: 'catalogue', catalogue: null })
    expect(page.hasCatalogue()).toBe(false)
    expect(page.set.ids.value).toEqual([])
  })
})
