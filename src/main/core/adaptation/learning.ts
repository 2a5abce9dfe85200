import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { facetOf, facets, type Facet } from '../../../shared/model/facet.ts'
import type { LearnedFacet, LearningState, Witness } from '../../../shared/model/learning.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Encoder } from '../inference/encoder.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import { createTurns } from '../lib/in-turn.ts'
import { logBug, type Log } from '../log/log.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { createEmbedding } from './embedding.ts'
import type { KnownPictures } from './known-pictures.ts'
import { startLearner } from './learner.ts'
import type { OpenObject } from './reads.ts'
import { renewObjects } from './renewal.ts'
import { createTeacher } from './teacher.ts'
import { createTermSpace, type LearningVocabulary } from './term-space.ts'

/** Number of objects updated after a decision: the next ones in the order of numbers, and some before. */
const near = { after: 300, before: 50 }
/** Objects updated at a time, few enough that a new decision does not wait long. */
const objectsAtOnce = 25
/** Pictures embedded at a time. */
const picturesAtOnce = 8
/** The curve is recomputed when the decisions have grown by this factor; that takes longer than learning itself. */
const curveGrowth = 1.05
/** Objects that the work list puts first, and the number of candidates, spread over the catalogue. */
const listed = { first: 100, of: 800 }
/** Decided objects shown as evidence for a suggestion. */
const witnesses = 3

/** Properties of a catalogue: whether it learns, and the action after which it starts to. */
const switchProperty = 'learning'
const afterProperty = 'learningAfter'

/** What is needed to learn; null if the encoder was not downloaded. */
export interface LearningParts {
  readonly encoder: Encoder
  readonly known: KnownPictures
}

/** Suggestions that learn from the decisions of an open catalogue (docs/science.md, "Learning from the first decisions"). */
export interface Learning {
  state(): Promise<LearningState>
  /** The same, after learning from all decisions. AppError `learning.unavailable`. */
  curve(): Promise<LearningState>
  /** To be called when something was decided or undone, with the object if it was a single one. Returns at once. */
  decided(objectId: number | null): void
  /** To be called with the object on screen: its pictures are embedded first. */
  look(objectId: number): Promise<void>
  /** Embeds missing pictures and updates open objects, in the background. Called when a window opens a catalogue, and after a model has run. */
  catchUp(): void
  /** The decided objects that most support a suggestion. AppError `learning.unavailable`. */
  why(objectId: number, term: TermKey): Promise<Witness[]>
  /** The objects in the order of the work list: first those that best represent the others, then the rest in their usual order. */
  workList(ids: readonly number[]): Promise<number[]>
  /** When switched off, every object shows the suggestions of the model alone. */
  set(on: boolean): Promise<LearningState>
  /** Forgets what was learned so far: only decisions from now on count. */
  reset(): Promise<LearningState>
  /** Jobs of the kind `learn`: embeds all pictures, learns from all decisions and renews all open objects. */
  readonly runner: JobRunner
  close(): Promise<void>
}

export interface LearningOptions {
  readonly catalogue: Catalogue
  readonly parts: LearningParts | null
  readonly vocabulary: LearningVocabulary
  readonly publish: (event: CoreEvent) => void
  readonly log: Log
}

export function createLearning(options: LearningOptions): Learning {
  return options.parts === null ? withoutLearning(options.catalogue) : withLearning({ ...options, parts: options.parts })
}

function withLearning({
  catalogue,
  parts: { encoder, known },
  vocabulary,
  publish,
  log
}: LearningOptions & { parts: LearningParts }): Learning {
  const closing = new AbortController()
  const terms = createTermSpace(vocabulary)
  const embedding = createEmbedding({ catalogue, encoder, log })
  const id = encoder.sha256
  /** One at a time: background tasks, and requests of a person. */
  const inTurn = createTurns()
  const learned = new Map<Facet, { stamp: string; objects: number; curve: LearnedFacet['curve']; curveAt: number }>()
  let thread: ReturnType<typeof startParts> | null = null
  let modelRun = -1
  let here: number | null = null
  let dirty = false
  let working: Promise<void> | null = null
  let embeddingWork: Promise<void> | null = null
  const stale = new Set<Facet>()
  /** Kept until another picture is embedded: it does not depend on decisions, and must not change while a person works through it. */
  let first: { readonly embedded: number; readonly ids: readonly number[] } | null = null

  function startParts() {
    const learner = startLearner({ mean: encoder.mean, prototypes: known.prototypes })
    const teacher = createTeacher({ catalogue, learner, terms, encoder: id })
    return { catalogue, learner, teacher, terms, threshold: known.threshold }
  }
  /** The thread starts with the first decision: a catalogue that is only viewed needs none. */
  const parts = (): ReturnType<typeof startParts> => {
    if (closing.signal.aborted) throw new Cancelled()
    return (thread ??= startParts())
  }
  const isOn = async (): Promise<boolean> => (await catalogue.read('property', switchProperty)) !== 'off'

  /** Learns from every facet in which decisions have changed. */
  async function learn(): Promise<void> {
    const [counts, stamps, after] = await Promise.all([
      catalogue.read('learningCounts', id),
      catalogue.read('closedFacets'),
      catalogue.read('property', afterProperty)
    ])
    if (counts.modelRun !== modelRun) {
      if (modelRun >= 0) parts().teacher.forgetModel()
      modelRun = counts.modelRun
    }
    for (const facet of facets) {
      const stamp = `${stamps[facet]} ${counts.modelRun} ${counts.embedded} ${after ?? ''}`
      const before = learned.get(facet)
      if (before?.stamp === stamp) continue
      const objects = await parts().teacher.teach(facet, Number(after ?? 0))
      learned.set(facet, { stamp, objects, curve: before?.curve ?? [], curveAt: before?.curveAt ?? 0 })
      if (objects > 0 || (before?.objects ?? 0) > 0) stale.add(facet)
    }
  }

  async function renew(objects: readonly OpenObject[], wanted: readonly Facet[]): Promise<number> {
    const ids = await renewObjects(parts(), objects, wanted)
    if (ids.length > 0) publish({ type: 'objects', ids })
    return ids.length
  }

  /** Updates the next objects; stops early if there is something new to learn. */
  async function renewNear(): Promise<void> {
    const wanted = [...stale]
    if (wanted.length === 0) return
    const objects =
      here === null
        ? await catalogue.read('openObjects', { encoder: id, after: 0, limit: near.after })
        : await catalogue.read('objectsNear', { encoder: id, objectId: here, ...near })
    for (let next = 0; next < objects.length; next += objectsAtOnce) {
      if (dirty || closing.signal.aborted) return
      await inTurn(() => renew(objects.slice(next, next + objectsAtOnce), wanted))
    }
    wanted.forEach((facet) => stale.delete(facet))
  }

  async function drawCurves(): Promise<void> {
    for (const facet of facets) {
      const state = learned.get(facet)
      if (dirty || closing.signal.aborted || state === undefined) return
      if (state.objects >= state.curveAt && state.objects < state.curveAt * curveGrowth) continue
      const curve = await parts().learner.ask('curve', facet)
      const now = learned.get(facet)
      if (now !== undefined) learned.set(facet, { ...now, curve, curveAt: state.objects })
    }
  }

  /** The background work, until nothing is left to do. Errors are logged, and the work is retried after the next decision. */
  async function work(): Promise<void> {
    try {
      while (dirty && !closing.signal.aborted) {
        dirty = false
        if (!(await isOn())) return
        await inTurn(learn)
        await renewNear()
        if (!dirty) await drawCurves()
      }
      publish({ type: 'learning', state: await state() })
    } catch (error) {
      if (!(error instanceof Cancelled) && !closing.signal.aborted) logBug(log, error, 'learning from decisions')
    } finally {
      working = null
    }
  }

  function decided(objectId: number | null): void {
    here = objectId ?? here
    dirty = true
    if (!closing.signal.aborted) working ??= work()
  }

  /** Embeds every picture that is not yet embedded, page by page, and updates its object. */
  async function embedAll(onPage: (stored: number, objects: readonly number[]) => Promise<void>, signal: AbortSignal): Promise<void> {
    let after = 0
    for (;;) {
      const page = await catalogue.read('picturesToEmbed', { encoder: id, after, limit: picturesAtOnce })
      if (page.length === 0) return
      if (signal.aborted) throw new Cancelled()
      after = page.at(-1)?.imageId ?? after
      const stored = await embedding.embed(page, { urgent: false, signal })
      const objects = page.filter(({ imageId }) => stored.includes(imageId)).map(({ objectId }) => objectId)
      await onPage(page.length, [...new Set(objects)])
    }
  }

  async function renewByIds(ids: readonly number[]): Promise<void> {
    const objects = await Promise.all(ids.map((objectId) => catalogue.read('openObject', { encoder: id, objectId })))
    await renew(objects, facets)
  }

  async function embedInBackground(): Promise<void> {
    try {
      if (!(await isOn())) return
      await inTurn(learn)
      await embedAll((_, objects) => inTurn(() => renewByIds(objects)), closing.signal)
      decided(null)
    } catch (error) {
      if (error instanceof Cancelled || closing.signal.aborted) return
      if (error instanceof AppError) log.warn({ err: error }, 'pictures not embedded')
      else logBug(log, error, 'embedding pictures')
    } finally {
      embeddingWork = null
    }
  }

  async function state(): Promise<LearningState> {
    const [{ images, embedded }, on] = await Promise.all([catalogue.read('learningCounts', id), isOn()])
    const list = facets.map((facet) => ({ facet, objects: learned.get(facet)?.objects ?? 0, curve: learned.get(facet)?.curve ?? [] }))
    return { available: true, on, images, embedded, facets: list }
  }

  /** Removes the learned suggestions from every object. */
  async function unlearn(): Promise<void> {
    for (let after: number | null = 0; after !== null;) after = await catalogue.write('removeAdapted', after)
    learned.clear()
    publish({ type: 'objects', ids: null })
  }

  async function told(): Promise<LearningState> {
    const now = await state()
    publish({ type: 'learning', state: now })
    return now
  }

  async function runJob(context: JobContext): Promise<JobResult> {
    const { images, embedded } = await catalogue.read('learningCounts', id)
    const objects = await catalogue.read('openObjectsCount')
    context.setTotal(images - embedded + objects)
    await embedAll(async (count) => context.count('embedded', count), context.signal)
    await inTurn(learn)
    let after = 0
    let renewed = 0
    for (;;) {
      if (context.signal.aborted) throw new Cancelled()
      const page = await catalogue.read('openObjects', { encoder: id, after, limit: objectsAtOnce })
      if (page.length === 0) break
      after = page.at(-1)?.objectId ?? after
      renewed += await inTurn(() => renew(page, facets))
      context.count('renewed', page.length)
    }
    stale.clear()
    await drawCurves()
    await told()
    const from = Math.max(0, ...[...learned.values()].map((facet) => facet.objects))
    return { embedded: (await catalogue.read('learningCounts', id)).embedded - embedded, renewed, decided: from }
  }

  return {
    state,
    async curve() {
      await inTurn(learn)
      await drawCurves()
      return await told()
    },
    decided,
    async look(objectId) {
      here = objectId
      if (!(await isOn())) return
      const pictures = await catalogue.read('picturesOfObjectToEmbed', { encoder: id, objectId })
      if (pictures.length === 0) return
      const stored = await embedding.embed(pictures, { urgent: true, signal: closing.signal })
      if (stored.length === 0) return
      await inTurn(async () => {
        await learn()
        await renewByIds([objectId])
      })
    },
    catchUp() {
      if (!closing.signal.aborted) embeddingWork ??= embedInBackground()
    },
    async why(objectId, term) {
      const facet = facetOf(term)
      const { images } = await catalogue.read('openObject', { encoder: id, objectId })
      return await inTurn(async () => {
        await learn()
        const pictures = await parts().teacher.pictures(facet, images)
        const found = await parts().learner.ask(
          'why',
          facet,
          terms.keyOf(term),
          pictures.map(({ vector }) => vector),
          // The object itself may be decided: it is no evidence for itself.
          witnesses + 1
        )
        const others = found.filter((witness) => witness.objectId !== objectId).slice(0, witnesses)
        const cards = await catalogue.read(
          'objectCards',
          others.map((witness) => witness.objectId)
        )
        return others.flatMap(({ objectId: other, share, similarity }) => {
          const card = cards.find((each) => each.id === other)
          return card === undefined ? [] : [{ objectId: other, label: card.label, sha256: card.sha256, share, similarity }]
        })
      })
    },
    async workList(ids) {
      const { embedded } = await catalogue.read('learningCounts', id)
      if (embedded === 0) return [...ids]
      if (first?.embedded !== embedded) {
        const all = await catalogue.read('firstPictures', id)
        const step = Math.max(1, all.length / listed.of)
        const some = Array.from({ length: Math.ceil(all.length / step) }, (_, place) => all[Math.floor(place * step)]).filter(
          (each) => each !== undefined
        )
        const vectors = await catalogue.read('embeddings', { encoder: id, images: some.map(({ imageId }) => imageId) })
        const places = await parts().learner.ask(
          'workList',
          vectors.map(({ vector }) => vector),
          listed.first
        )
        first = { embedded, ids: places.flatMap((place) => some[place]?.objectId ?? []) }
      }
      const wanted = new Set(ids)
      const chosen = first.ids.filter((each) => wanted.has(each))
      const before = new Set(chosen)
      return [...chosen, ...ids.filter((each) => !before.has(each))]
    },
    async set(on) {
      await catalogue.write('setProperty', { key: switchProperty, value: on ? 'on' : 'off' })
      if (!on) await inTurn(unlearn)
      const now = await told()
      if (on) this.catchUp()
      return now
    },
    async reset() {
      const after = await catalogue.read('lastAction')
      await catalogue.write('setProperty', { key: afterProperty, value: String(after) })
      await inTurn(unlearn)
      return await told()
    },
    runner: {
      kind: 'learn',
      async run(context) {
        if (!(await isOn())) throw new AppError('learning.off')
        return await runJob(context)
      }
    },
    async close() {
      closing.abort()
      embedding.close()
      await thread?.learner.close()
      await Promise.all([working, embeddingWork])
    }
  }
}

/** Stand-in for learning without an encoder: everything else works, and each request says why nothing is learned. */
function withoutLearning(catalogue: Catalogue): Learning {
  const state = async (): Promise<LearningState> => {
    const { images } = await catalogue.read('learningCounts', '')
    return { available: false, on: false, images, embedded: 0, facets: [] }
  }
  const refuse = (): Promise<never> => Promise.reject(new AppError('learning.unavailable'))
  return {
    state,
    curve: refuse,
    decided: () => undefined,
    look: () => Promise.resolve(),
    catchUp: () => undefined,
    why: refuse,
    workList: (ids) => Promise.resolve([...ids]),
    set: refuse,
    reset: refuse,
    runner: { kind: 'learn', run: refuse },
    close: () => Promise.resolve()
  }
}
