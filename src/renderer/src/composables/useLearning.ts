import { shallowRef } from 'vue'
import type { LearningState } from '../../../shared/model/learning.ts'
import { api } from '../api/client.ts'

const learning = shallowRef<LearningState | null>(null)

/** Sets the latest state reported by the core. */
export function takeLearning(next: LearningState | null): void {
  learning.value = next
}

/** Reads the state of learning in the open catalogue. */
export async function loadLearning(isOpen: boolean): Promise<void> {
  takeLearning(isOpen ? await api.learning.state() : null)
}

/** The state of learning from decisions in the open catalogue; null without one. */
export const useLearning = () => ({ learning })
