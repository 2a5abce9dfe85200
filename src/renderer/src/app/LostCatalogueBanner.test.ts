import { ORPCError } from '@orpc/client'
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import PrimeVue from 'primevue/config'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import type { CatalogueSummary } from '../../../shared/model/catalogue.ts'
import { takeCatalogue, useCatalogue } from '../composables/useCatalogue.ts'
import { useFolderPicker } from '../composables/useFolderPicker.ts'
import { useMessages } from '../composables/useMessages.ts'
import { useAnnouncer } from '../composables/useAnnouncer.ts'
import { i18n } from '../locales/i18n.ts'
import LostCatalogueBanner from './LostCatalogueBanner.vue'

const core = vi.hoisted(() => ({ catalogue: { saveElsewhere: vi.fn() } }))
vi.mock('../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

const whole: CatalogueSummary = { path: '/museum/C.fitxa', name: 'C', objects: 2, problem: null } as CatalogueSummary
const lost: CatalogueSummary = { ...whole, problem: { code: 'catalogue.gone', data: { folder: '/museum/C.fitxa' } } }
const saved: CatalogueSummary = { ...whole, path: '/elsewhere/C.fitxa' }

let banner: VueWrapper
beforeEach(() => {
  core.catalogue.saveElsewhere.mockReset()
  takeCatalogue(whole)
  banner = mount(LostCatalogueBanner, { global: { plugins: [i18n, PrimeVue] } })
})
afterEach(() => banner.unmount())

/** The file is lost, and the person asks to save what is open. */
async function askToSave(): Promise<void> {
  takeCatalogue(lost)
  await nextTick()
  await banner.get('button').trigger('click')
}

it('says nothing while the catalogue can be stored, and why as soon as it cannot', async () => {
  const region = banner.get('[role=alert]')
  expect(region.text()).toBe('')
  takeCatalogue(lost)
  await nextTick()
  // The region was there before, so that screen readers speak what comes into it.
  expect(banner.get('[role=alert]').element).toBe(region.element)
  expect(region.text()).toContain('El fitxer del catàleg «/museum/C.fitxa» s’ha esborrat o s’ha mogut mentre era obert.')
})

it('saves what is open in the folder that is chosen, once, and is gone then', async () => {
  let finish: (summary: CatalogueSummary) => void = () => undefined
  core.catalogue.saveElsewhere.mockImplementation(() => new Promise((resolve) => (finish = resolve)))
  await askToSave()
  useFolderPicker().settle('/elsewhere')
  await flushPromises()
  expect(core.catalogue.saveElsewhere.mock.calls).toEqual([[{ folder: '/elsewhere' }]])
  expect(banner.get('button').attributes('disabled')).toBeDefined()
  finish(saved)
  await flushPromises()
  expect(useCatalogue().catalogue.value).toEqual(saved)
  expect(banner.find('button').exists()).toBe(false)
  expect(useAnnouncer().spoken.value.text).toContain('/elsewhere/C.fitxa')
})

it('stays where no folder is chosen or the copy fails, which is told', async () => {
  await askToSave()
  useFolderPicker().settle(null)
  await flushPromises()
  expect(core.catalogue.saveElsewhere).not.toHaveBeenCalled()
  core.catalogue.saveElsewhere.mockRejectedValue(new ORPCError('APP', { data: { code: 'catalogue.diskFull', data: { folder: '/full' } } }))
  await askToSave()
  useFolderPicker().settle('/full')
  await flushPromises()
  expect(banner.get('button').attributes('disabled')).toBeUndefined()
  expect(useMessages().messages.value.at(-1)?.text).toContain('/full')
})
