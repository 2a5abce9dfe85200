import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ORPCError } from '@orpc/client'
import { defaultSettings } from '../../../shared/model/settings.ts'
import { i18n } from '../locales/i18n.ts'
import { useMessages } from './useMessages.ts'
import { takeSettings, useSettings } from './useSettings.ts'

const core = vi.hoisted(() => ({ settings: { set: vi.fn() } }))
vi.mock('../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

beforeEach(() => {
  core.settings.set.mockReset()
  takeSettings(defaultSettings)
})

describe('useSettings', () => {
  it('lets the page follow: language, document language, theme', () => {
    takeSettings({ ...defaultSettings, interfaceLanguage: 'en', theme: 'dark' })
    expect(i18n.global.locale.value).toBe('en')
    expect(document.documentElement.lang).toBe('en')
    expect(document.documentElement.dataset['theme']).toBe('dark')
  })

  it('shows a change at once and keeps what the core stored', async () => {
    const { settings, save } = useSettings()
    core.settings.set.mockResolvedValueOnce({ ...defaultSettings, institution: 'Museu' })
    const saving = save({ institution: ' Museu ' })
    expect(settings.value.institution).toBe(' Museu ')
    await saving
    expect(settings.value.institution).toBe('Museu')
  })

  it('reverts a setting that the core refused, and reports it', async () => {
    const { settings, save } = useSettings()
    core.settings.set.mockRejectedValueOnce(new ORPCError('APP', { data: { code: 'catalogue.notOpen', data: {} } }))
    await save({ theme: 'dark' })
    expect(settings.value.theme).toBe('system')
    expect(useMessages().messages.value.at(-1)).toMatchObject({ kind: 'problem' })
  })

  it('switches the languages of terms and interface apart', async () => {
    core.settings.set.mockImplementation(async (patch: object) => ({ ...defaultSettings, ...patch }))
    await useSettings().switchTermLanguage()
    expect(core.settings.set).toHaveBeenLastCalledWith({ termLanguage: 'en' })
    await useSettings().switchInterfaceLanguage()
    expect(core.settings.set).toHaveBeenLastCalledWith({ interfaceLanguage: 'en' })
  })
})
