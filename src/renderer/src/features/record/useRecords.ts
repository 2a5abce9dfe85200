import { api } from '../../api/client.ts'
import { listen } from '../../composables/useEvents.ts'
import { sentenceOf, tell } from '../../composables/useMessages.ts'
import { takeUndo } from '../../composables/useUndo.ts'
import { useWorkingSet } from '../../composables/useWorkingSet.ts'
import { translate } from '../../locales/i18n.ts'
import { createRecords, type Records } from './model/records.ts'

const records = createRecords(api, {
  onUndo: takeUndo,
  onRefused: (error) => tell('problem', [translate('record.said.refused'), sentenceOf(error)].filter((part) => part !== null).join(' '))
})

let path: string | null = null
listen('catalogue', ({ catalogue }) => {
  // Object numbers mean other objects in another catalogue.
  if ((catalogue?.path ?? null) !== path) records.reset()
  path = catalogue?.path ?? null
})
listen('objects', ({ ids }) => records.changed(ids, useWorkingSet().currentId.value))

/** The records of this window. */
export const useRecords = (): Records => records
