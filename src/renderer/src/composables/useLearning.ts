import { shallowRef } from 'vue'
import type { LearningState } from '../../../shared/model/learning.ts'
import { api } from '../api/client.ts'

const learning = shallowRef<LearningState | null>(null)

/** Sets the newest state that the core has told. */
export function takeLearning(next: LearningState | null): void {
  learning.value = next
}

/** Reads how learning stands in the open catalogue. */
export async function loadLearning(isOpen: boolean): Promise<void> {
  takeLearning(isOpen ? await api.learning.state() : null)
}

/** How learning from decisions stands in the open catalogue; null without one. */
export const useLearning = () => ({ learning })
