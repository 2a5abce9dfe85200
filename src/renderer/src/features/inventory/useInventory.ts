import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { Doubt, InventoryFile, LinkedInventory, LinkPlan, MatchRules } from '../../../../shared/model/inventory.ts'
import { api, type Api } from '../../api/client.ts'
import { isActive, useJobs } from '../../composables/useJobs.ts'
import { sentenceOf } from '../../composables/useMessages.ts'

/** Pause in typing before a file is read or a plan is made, milliseconds. */
const pause = 300

/** The choices on the inventory screen, and what they would do. Tests pass another `core`. */
export function useInventory(core: Pick<Api, 'inventory'> = api) {
  const file = shallowRef('')
  const sheet = shallowRef<string | null>(null)
  const number = shallowRef('')
  const rules = shallowRef<MatchRules>({ spaces: true, zeros: true, dashes: true, case: true, prefixes: [] })
  /** The doubtful pairs that the person has decided to join. */
  const joins = shallowRef<readonly Doubt[]>([])
  const examined = shallowRef<InventoryFile | null>(null)
  const plan = shallowRef<LinkPlan | null>(null)
  const linked = shallowRef<LinkedInventory | null>(null)
  const problem = shallowRef<string | null>(null)
  const reading = shallowRef(false)
  let asked = 0

  /** Answers to outdated requests are dropped. */
  async function ask<T>(question: () => Promise<T>, take: (answer: T) => void): Promise<void> {
    const mine = ++asked
    reading.value = true
    try {
      const answer = await question()
      if (mine !== asked) return
      problem.value = null
      take(answer)
    } catch (error) {
      if (mine !== asked) return
      problem.value = sentenceOf(error)
      plan.value = null
    } finally {
      if (mine === asked) reading.value = false
    }
  }

  async function examine(): Promise<void> {
    plan.value = null
    if (file.value.trim() === '') {
      examined.value = problem.value = null
      return
    }
    await ask(
      () => core.inventory.examine({ file: file.value.trim(), sheet: sheet.value }),
      (answer) => {
        examined.value = answer
        const names = answer.columns.map(({ name }) => name)
        if (!names.includes(number.value)) number.value = answer.likelyNumber ?? ''
        void makePlan()
      }
    )
  }

  const options = computed(() => ({
    file: file.value.trim(),
    sheet: sheet.value,
    number: number.value,
    rules: { ...rules.value, prefixes: [...rules.value.prefixes] },
    joins: joins.value.map(({ objectId, row }) => ({ objectId, row }))
  }))

  async function makePlan(): Promise<void> {
    if (examined.value === null || number.value === '') return void (plan.value = null)
    await ask(
      () => core.inventory.plan(options.value),
      (answer) => (plan.value = answer)
    )
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  const soon = (act: () => Promise<void>): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void act(), pause)
  }
  onScopeDispose(() => clearTimeout(timer))
  watch(file, () => {
    sheet.value = null
    joins.value = []
    examined.value = null
    soon(examine)
  })
  watch(sheet, (now) => {
    if (examined.value !== null && now !== null && now !== examined.value.sheet) soon(examine)
  })
  watch([number, rules], () => {
    joins.value = []
    if (examined.value !== null) soon(makePlan)
  })
  watch(joins, () => {
    if (plan.value !== null) soon(makePlan)
  })

  async function readLinked(): Promise<void> {
    try {
      linked.value = await core.inventory.linked()
    } catch (error) {
      problem.value = sentenceOf(error)
    }
  }

  /** Starts with the file that is linked now. */
  async function begin(): Promise<void> {
    await readLinked()
    if (linked.value === null || file.value !== '') return
    file.value = linked.value.file
    rules.value = linked.value.rules
    number.value = linked.value.number
  }

  const { jobs } = useJobs()
  const job = computed(() => jobs.value.find(({ kind }) => kind === 'link') ?? null)
  const running = computed(() => job.value !== null && isActive(job.value))
  watch(running, async (now, before) => {
    if (now || before !== true) return
    joins.value = []
    await readLinked()
    await makePlan()
  })

  async function link(): Promise<void> {
    try {
      await core.inventory.link(options.value)
    } catch (error) {
      problem.value = sentenceOf(error)
    }
  }

  /** Checks or unchecks a doubtful pair. An object and a row have one partner at most. */
  function toggleJoin(join: Doubt): void {
    const others = joins.value.filter(({ objectId, row }) => objectId !== join.objectId && row !== join.row)
    const isIn = joins.value.some(({ objectId, row }) => objectId === join.objectId && row === join.row)
    joins.value = isIn ? others : [...others, join]
  }

  return { file, sheet, number, rules, joins, examined, plan, linked, problem, reading, job, running, begin, link, toggleJoin }
}
