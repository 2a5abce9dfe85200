import { z } from 'zod'
import { languageSchema } from './facet.ts'

const fields = z.object({
  person: z.object({ name: z.string().max(200), initials: z.string().max(8) }),
  institution: z.string().max(300),
  interfaceLanguage: languageSchema,
  termLanguage: languageSchema,
  theme: z.enum(['system', 'light', 'dark']),
  singleKeys: z.boolean(),
  treeTypeAhead: z.boolean(),
  sheetColumns: z.number().int().min(2).max(12),
  importPattern: z.string(),
  modelBundle: z.string().nullable(),
  device: z.enum(['auto', 'cpu', 'cuda', 'dml', 'coreml', 'webgpu'])
})

/** A person's settings, kept outside the catalogues. */
export const settingsSchema = fields
export type Settings = z.infer<typeof settingsSchema>

/** What a new installation starts with: Catalan first (interface.md, section 1). */
export const defaultSettings: Settings = {
  person: { name: '', initials: '' },
  institution: '',
  interfaceLanguage: 'ca',
  termLanguage: 'ca',
  theme: 'system',
  singleKeys: true,
  treeTypeAhead: false,
  sheetColumns: 6,
  importPattern: '',
  modelBundle: null,
  device: 'auto'
}

export const settingsPatchSchema = fields.partial()
export type SettingsPatch = z.infer<typeof settingsPatchSchema>
