import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultSettings } from '../../../shared/model/settings.ts'

const catalogue = { path: '/c.fitxa', name: 'C', objects: 2, problem: null }
const core = vi.hoisted(() => ({
  settings: { get: vi.fn() },
  catalogue: { current: vi.fn(), open: vi.fn() },
  app: { device: vi.fn() },
  jobs: { list: vi.fn() },
  history: { state: vi.fn() },
  objects: { ids: vi.fn(), cards: vi.fn() }
}))
vi.mock('../api/client.ts', () => ({ api: core, storing: { value: 0 } }))
vi.mock('../api/events.ts', () => ({ openEvents: () => ({ retry: () => undefined, close: () => undefined }) }))

/** Loads the page's state afresh, as a new window would. */
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

  it('opens the catalogue again in a core that was started again', async () => {
    const page = await newWindow()
    await page.startSession()
    page.dispatchEvent(hello('a'))
    core.catalogue.current.mockResolvedValueOnce(null)
    page.dispatchEvent(hello('b'))
    await vi.waitFor(() => expect(core.history.state).toHaveBeenCalledTimes(2))
    expect(core.catalogue.open).toHaveBeenCalledWith({ path: '/c.fitxa' })
    expect(page.hasCatalogue()).toBe(true)
  })

  it('reads again what it may have missed while the stream was cut', async () => {
    const page = await newWindow()
    await page.startSession()
    page.dispatchEvent(hello('a'))
    core.history.state.mockClear()
    page.dispatchEvent(hello('a'))
    await vi.waitFor(() => expect(core.history.state).toHaveBeenCalledTimes(1))
    expect(core.catalogue.open).not.toHaveBeenCalled()
  })

  it('comes to life with the first hello when the core was not there at the start', async () => {
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
