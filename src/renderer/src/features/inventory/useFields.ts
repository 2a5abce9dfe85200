import { onMounted, shallowRef, type ShallowRef } from 'vue'
import type { Field } from '../../../../shared/model/field.ts'
import { api } from '../../api/client.ts'
import { report } from '../../composables/useMessages.ts'

/** The fields of the open catalogue, read when a screen opens. */
export function useFields(): { readonly fields: ShallowRef<readonly Field[]> } {
  const fields = shallowRef<readonly Field[]>([])
  onMounted(() => api.fields.list().then((list) => (fields.value = list), report))
  return { fields }
}
