import { z } from 'zod'
import { languageSchema } from './facet-schema.ts'

/** What may compute the suggestions; `auto`: the fastest that passes its test. */
export const deviceChoices = ['auto', 'cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const

const fields = z.object({
  person: z.object({ name: z.string().max(200), initials: z.string().max(8) }),
  institution: z.string().max(300),
  interfaceLanguage: languageSchema,
  termLanguage: languageSchema,
  theme: z.enum(['system', 'light', 'dark']),
  singleKeys: z.boolean(),
  treeTypeAhead: z.boolean(),
  /** Suggestions below this probability get no digit and are folded away; never fewer than three are shown. */
  unlikelyBelow: z.number().min(0).max(1),
  sheetColumns: z.number().int().min(2).max(12),
  importPattern: z.string(),
  modelBundle: z.string().nullable(),
  /** Which bundles were activated, the latest last; `back` took the last `activated` before it away (core/inference/activation.ts). */
  modelHistory: z.array(z.object({ how: z.enum(['activated', 'back']), bundle: z.string().nullable(), at: z.string() })).max(200),
  /** The Python with which this machine trains; null: the environment that Fitxa makes in its own folder. */
  trainingPython: z.string().nullable(),
  device: z.enum(deviceChoices)
})

/** A person's settings, kept outside the catalogues. */
export const settingsSchema = fields
export type Settings = z.infer<typeof settingsSchema>

/** What a new installation starts with: Catalan first (docs/interface.md, "Ground rules"). */
export const defaultSettings: Settings = {
  person: { name: '', initials: '' },
  institution: '',
  interfaceLanguage: 'ca',
  termLanguage: 'ca',
  theme: 'system',
  singleKeys: true,
  treeTypeAhead: false,
  unlikelyBelow: 0.05,
  sheetColumns: 6,
  importPattern: '',
  modelBundle: null,
  modelHistory: [],
  trainingPython: null,
  device: 'auto'
}

/** What the window may change directly; models and the Python of trainings have methods of their own, which check first. */
export const settingsPatchSchema = fields.omit({ modelBundle: true, modelHistory: true, trainingPython: true }).partial()
export type SettingsPatch = z.infer<typeof settingsPatchSchema>
