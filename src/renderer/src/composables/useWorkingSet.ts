import { computed, shallowReactive, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Card, ObjectFilter, ObjectOrder, ObjectStatus } from '../../../shared/model/record.ts'
import { api, type Api } from '../api/client.ts'
import { report } from './useMessages.ts'

/** A filter with every part given. */
export type WholeFilter = Required<Omit<ObjectFilter, 'missing'>> & Pick<ObjectFilter, 'missing'>

/** The filter that lets every object through. */
export const noFilter: WholeFilter = { text: '', status: [], flagged: null, suggested: null, missing: undefined, fields: [] }

/** Cards are fetched in aligned windows of this many objects, so that neighbouring requests share a call. */
export const windowSize = 100

/** Cards kept at most, beside those in view: some twenty screens of the largest window. */
export const mostCards = 2000

/**
 * The objects that the sheet, the filmstrip and J/K walk through: their ids in order, which one is current, and a cache of
 * their cards that is filled window by window as they come into view.
 */
export interface WorkingSet {
  readonly ids: ShallowRef<readonly number[]>
  readonly statusCounts: ShallowRef<Readonly<Partial<Record<ObjectStatus, number>>>>
  readonly filter: ShallowRef<WholeFilter>
  readonly order: ShallowRef<ObjectOrder>
  readonly loading: ShallowRef<boolean>
  /** True once the ids of the open catalogue have come. */
  readonly loaded: ShallowRef<boolean>
  readonly currentId: ShallowRef<number | null>
  /** Set while the contact sheet is on screen: then the set follows every change. In a record it stays as it was entered. */
  readonly following: ShallowRef<boolean>
  /** Position of the current object in the set, from 0; -1 without one. */
  readonly position: ComputedRef<number>
  /** The card of an object if it is here; reading it in a template follows its changes. */
  card(id: number): Card | undefined
  /** Requests missing cards at positions `from` to `to` (both included). */
  need(from: number, to: number): Promise<void>
  setFilter(patch: Partial<ObjectFilter>): Promise<void>
  setOrder(order: ObjectOrder): Promise<void>
  /** Reads the ids again. The current object keeps its position even if it no longer passes the filter. */
  refresh(): Promise<void>
  /** Makes an object current; clears the filter if it would hide the object. */
  visit(id: number): void
  /** The id `steps` positions after the current one (before, if negative); null past either end. */
  neighbour(steps: number): number | null
  /** What changed in the core: these objects, or (null) the set itself. */
  changed(ids: readonly number[] | null): void
  /** Forgets everything: another catalogue is open, or none. */
  reset(): void
}

/** How long changes are gathered before cards or ids are read again, in milliseconds. */
const delays = { cards: 150, ids: 600 }

export function createWorkingSet(core: Pick<Api, 'objects'>, onError: (error: unknown) => void = report): WorkingSet {
  const ids = shallowRef<readonly number[]>([])
  const statusCounts = shallowRef<Readonly<Partial<Record<ObjectStatus, number>>>>({})
  const filter = shallowRef<WholeFilter>(noFilter)
  const order = shallowRef<ObjectOrder>('number')
  const loading = shallowRef(false)
  const loaded = shallowRef(false)
  const currentId = shallowRef<number | null>(null)
  const following = shallowRef(false)
  const cards = shallowReactive(new Map<number, Card>())
  const positions = computed(() => new Map(ids.value.map((id, position) => [id, position])))
  const position = computed(() => (currentId.value === null ? -1 : (positions.value.get(currentId.value) ?? -1)))

  /** Incremented by reset: answers to older requests are discarded. */
  let generation = 0
  /** Incremented by every read of ids: only the newest counts. */
  let reading = 0
  let wanted: readonly [from: number, to: number] = [0, windowSize - 1]
  /** Objects with pending cards, with the number of the newest call for each. */
  const asked = new Map<number, number>()
  let calls = 0
  const stale = new Set<number>()
  const timers: { cards?: ReturnType<typeof setTimeout> | undefined; ids?: ReturnType<typeof setTimeout> | undefined } = {}

  const fetchCards = async (wantedIds: readonly number[]): Promise<void> => {
    const born = generation
    const call = (calls += 1)
    for (const id of wantedIds) asked.set(id, call)
    try {
      for (let start = 0; start < wantedIds.length; start += 500) {
        const got = await core.objects.cards({ ids: wantedIds.slice(start, start + 500) })
        if (born !== generation) return
        for (const card of got) if (asked.get(card.id) === call) cards.set(card.id, card)
      }
      dropCards()
    } catch (error) {
      if (born === generation) onError(error)
    } finally {
      for (const id of wantedIds) if (asked.get(id) === call) asked.delete(id)
    }
  }

  /** Drops the cards that came first until no more than `mostCards` are kept; those in view and the current one stay. */
  const dropCards = (): void => {
    if (cards.size <= mostCards) return
    const inView = idsInView()
    for (const id of cards.keys()) {
      if (cards.size <= mostCards) return
      if (!inView.has(id)) cards.delete(id)
    }
  }

  const idsInView = (): Set<number> => {
    const inView = new Set(ids.value.slice(wanted[0], wanted[1] + 1))
    if (currentId.value !== null) inView.add(currentId.value)
    return inView
  }

  const need = async (from: number, to: number): Promise<void> => {
    wanted = [from, to]
    const start = Math.max(0, Math.floor(from / windowSize) * windowSize)
    const end = Math.min(ids.value.length, Math.ceil((to + 1) / windowSize) * windowSize)
    const missing = ids.value.slice(start, end).filter((id) => !cards.has(id) && !asked.has(id))
    if (missing.length > 0) await fetchCards(missing)
  }

  /** Cards in view are replaced when the new ones are here; the others are dropped and come back when they are needed. */
  const renewCards = (): void => {
    timers.cards = undefined
    const inView = idsInView()
    const renew = [...stale].filter((id) => inView.has(id))
    for (const id of stale) {
      if (inView.has(id)) continue
      cards.delete(id)
      asked.delete(id)
    }
    stale.clear()
    if (renew.length > 0) void fetchCards(renew)
  }

  const refresh = async (): Promise<void> => {
    const mine = (reading += 1)
    loading.value = true
    try {
      const answer = await core.objects.ids({ filter: filter.value, order: order.value })
      if (mine !== reading) return
      ids.value = withCurrent(answer.ids, currentId.value, position.value)
      statusCounts.value = answer.statusCounts
      loaded.value = true
      await need(...wanted)
    } catch (error) {
      if (mine === reading) onError(error)
    } finally {
      if (mine === reading) loading.value = false
    }
  }

  return {
    ids,
    statusCounts,
    filter,
    order,
    loading,
    loaded,
    currentId,
    following,
    position,
    card: (id) => cards.get(id),
    need,
    refresh,
    setFilter: (patch) => {
      filter.value = { ...filter.value, ...patch }
      currentId.value = null
      return refresh()
    },
    setOrder: (next) => {
      order.value = next
      return refresh()
    },
    visit: (id) => {
      currentId.value = id
      if (!loaded.value || positions.value.has(id)) return
      filter.value = noFilter
      void refresh()
    },
    neighbour: (steps) => (position.value < 0 ? null : (ids.value[position.value + steps] ?? null)),
    changed: (changedIds) => {
      for (const id of changedIds ?? new Set([...cards.keys(), ...asked.keys()])) if (cards.has(id) || asked.has(id)) stale.add(id)
      timers.cards ??= setTimeout(renewCards, delays.cards)
      if (changedIds !== null && !following.value) return
      timers.ids ??= setTimeout(() => {
        timers.ids = undefined
        void refresh()
      }, delays.ids)
    },
    reset: () => {
      generation += 1
      reading += 1
      clearTimeout(timers.cards)
      clearTimeout(timers.ids)
      timers.cards = timers.ids = undefined
      stale.clear()
      asked.clear()
      cards.clear()
      wanted = [0, windowSize - 1]
      ids.value = []
      statusCounts.value = {}
      filter.value = noFilter
      currentId.value = null
      loading.value = loaded.value = false
    }
  }
}

/** The new ids with the current object in them: deciding never hides what it decided (docs/interface.md, "Ground rules"). */
function withCurrent(ids: readonly number[], current: number | null, position: number): readonly number[] {
  if (current === null || position < 0 || ids.includes(current)) return ids
  const kept = [...ids]
  kept.splice(Math.min(position, kept.length), 0, current)
  return kept
}

const workingSet = createWorkingSet(api)

/** The working set of this window. */
export const useWorkingSet = (): WorkingSet => workingSet
