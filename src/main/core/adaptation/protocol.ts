import type { CatalogueModel } from './catalogue-model.ts'
import type { Matrix } from './matrix.ts'

/** What the learning thread is started with. */
export interface LearnerSetup {
  readonly mean: readonly number[]
  readonly prototypes: Matrix
}

/** What the thread can be asked: methods of the catalogue's model, by name. */
export type LearnerMethod = 'adapt' | 'score' | 'why' | 'curve' | 'workList'
export type LearnerInput<M extends LearnerMethod> = Parameters<CatalogueModel[M]>
export type LearnerOutput<M extends LearnerMethod> = ReturnType<CatalogueModel[M]>

export interface LearnerCall {
  readonly id: number
  readonly method: LearnerMethod
  readonly input: readonly unknown[]
}

export type LearnerReply = { readonly id: number } & ({ readonly result: unknown } | { readonly failure: string })
