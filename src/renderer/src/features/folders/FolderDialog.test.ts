import { ORPCError } from '@orpc/client'
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { FolderListing } from '../../../../shared/model/catalogue.ts'
import { inApp } from '../../components/test/in-app.ts'
import { pickFolder, type FolderQuestion } from '../../composables/useFolderPicker.ts'
import FolderDialog from './FolderDialog.vue'

const core = vi.hoisted(() => ({ folders: { list: vi.fn(), make: vi.fn() } }))
vi.mock('../../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

const listing = (path: string, entries: FolderListing['entries'] = []): FolderListing => ({
  path,
  parent: '/',
  places: [],
  entries,
  images: 3
})
const notFound = new ORPCError('APP', { defined: true, data: { code: 'folders.notFound', data: { path: '/nowhere' } } })

enableAutoUnmount(afterEach)
beforeEach(() => {
  vi.resetAllMocks()
  core.folders.list.mockImplementation(({ path }: { path: string | null }) =>
    path === '/nowhere'
      ? Promise.reject(notFound)
      : Promise.resolve(listing(path ?? '/home', [{ name: 'a', path: '/home/a', kind: 'folder' }]))
  )
})

/** Opens the dialog for a question; `answer` holds what was chosen, once it is. */
async function ask(question: Partial<FolderQuestion> = {}): Promise<{ answer: { path?: string | null } }> {
  mount(FolderDialog, { attachTo: document.body, global: inApp('en') })
  const answer: { path?: string | null } = {}
  void pickFolder({ title: 'T', start: null, want: 'folder', ...question }).then((path) => (answer.path = path))
  await flushPromises()
  return { answer }
}

const button = (name: string): HTMLButtonElement =>
  [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === name)!
async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}
async function type(selector: string, text: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement>(selector)!
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
}
const alert = (): string => document.querySelector('[role=alert]')?.textContent ?? ''

it('chooses the folder that is shown', async () => {
  const { answer } = await ask({ start: '/photos' })
  await press('Choose this folder')
  expect(answer.path).toBe('/photos')
})

it('never chooses another folder than the one that is typed', async () => {
  const { answer } = await ask()
  await type('#folder-path', '/nowhere')
  await press('Choose this folder')
  expect(answer).toEqual({})
  expect(alert()).toContain('La carpeta «/nowhere» no existeix')
  await type('#folder-path', '/other')
  await press('Choose this folder')
  expect(answer.path).toBe('/other')
})

it('stays and says why where what was chosen is no catalogue', async () => {
  const accept = vi.fn().mockResolvedValueOnce('No catalogue here.').mockResolvedValueOnce(null)
  const { answer } = await ask({ want: 'catalogue', accept })
  await press('Open this folder')
  expect(answer).toEqual({})
  expect(alert()).toBe('No catalogue here.')
  await press('Open this folder')
  expect([answer.path, accept.mock.calls]).toEqual(['/home', [['/home'], ['/home']]])
})

it('makes a new folder and goes into it', async () => {
  core.folders.make.mockResolvedValue(listing('/home/exports'))
  const { answer } = await ask()
  await press('New folder…')
  await type('.folders-new input', ' exports ')
  await press('Create')
  expect(core.folders.make).toHaveBeenCalledWith({ parent: '/home', name: 'exports' })
  await press('Choose this folder')
  expect(answer.path).toBe('/home/exports')
})
