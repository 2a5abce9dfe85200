import { watch } from 'vue'
import { api } from '../../api/client.ts'
import { useCatalogue } from '../../composables/useCatalogue.ts'
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

// Object numbers mean other objects in another catalogue.
watch(
  () => useCatalogue().catalogue.value?.path,
  () => records.reset()
)
listen('objects', ({ ids }) => records.changed(ids, useWorkingSet().currentId.value))

/** The records of this window. */
export const useRecords = (): Records => records
