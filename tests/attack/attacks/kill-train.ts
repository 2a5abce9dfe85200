import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { facetOf } from '../../../src/shared/model/facet.ts'
import type { TermKey } from '../../../src/shared/model/term.ts'
import type { TrainingState } from '../../../src/shared/model/training.ts'
import { between, type Attack, type Ground } from '../lib/attack.ts'
import { unfinishedFiles } from '../lib/material.ts'
import { endingLimit, finalStates, follow, root, startProgram, type Program } from '../lib/program.ts'

const trainer = join(root, 'trainer')
const mini = join(trainer, 'tests', 'fixtures', 'mini')
/** The same that the program takes: the one that the surroundings name, else the one of the checkout. */
const python = process.env['FITXA_TRAINER_PYTHON'] ?? join(root, '.venv', 'bin', 'python')

/** What is trained: three kinds of things of the trainer's own small set of photographs, twelve of each. */
const kinds = ["indumentària | accessori d'indumentària | accessori de vestir | calçat | sabata", 'moneda', 'document $ manuscrit']
const epochs = 4

interface Row {
  readonly file: string
  readonly 'objectTypes.hierarchy': string
}

export const killTrain: Attack = {
  name: 'kill-train',
  about:
    'kill -9 of the program or of its trainer at counted progress of a training; the trainer does not outlive the program, and every training goes on until its model is installed',
  unable() {
    if (process.platform !== 'linux') return 'finds the processes of the trainer in /proc'
    return existsSync(python) ? null : `needs the Python of the trainer at ${python}`
  },
  async run(ground) {
    const { findings, folder } = ground
    const { path } = await prepare(ground)
    const trials = ground.trials(25)
    for (let round = 1; findings.trials < trials; round++) await train(ground, path, trials, round)
    const left = [...unfinishedFiles(folder), ...namesIn(join(folder, 'data', 'models-incoming'))]
    findings.leftBehind += left.length
    findings.notes.push(...left)
  }
}

/** A small model to start from, and a catalogue of 36 objects that are decided. */
async function prepare({ folder }: Ground): Promise<{ path: string }> {
  mkdirSync(join(folder, 'data', 'models'), { recursive: true })
  const code = 'import sys; from pathlib import Path; from small_base import make_base; make_base(Path(sys.argv[1]))'
  const env = {
    ...process.env,
    PYTHONPATH: [join(trainer, 'src'), join(trainer, 'tests')].join(delimiter),
    PYTHONDONTWRITEBYTECODE: '1'
  }
  execFileSync(python, ['-c', code, folder], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  cpSync(join(folder, 'base'), join(folder, 'data', 'models', 'mini'), { recursive: true })

  const rows: Row[] = parse(readFileSync(join(mini, 'annotations.csv'), 'utf8'), { columns: true })
  const chosen = kinds.flatMap((kind) => rows.filter((row) => row['objectTypes.hierarchy'] === kind).slice(0, 12))
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  for (const [index, { file }] of chosen.entries()) cpSync(join(mini, file), join(photos, `${100 + index}_a.jpg`))

  const program = await startProgram(folder)
  const { api } = program
  const { path } = await api.catalogue.create({ folder, name: 'C' })
  await api.settings.set({ device: 'cpu' })
  await api.models.activate({ id: 'mini', version: '0.0.1' })
  await follow(program, (await api.imports.start({ folder: photos, pattern: '{num}_{view}', predict: false })).jobId)
  const { ids } = await api.objects.ids({ filter: {} })
  for (const [index, objectId] of ids.entries()) {
    const terms = (chosen[index]?.['objectTypes.hierarchy'] ?? '').split(' $ ').map((name): TermKey => `objectTypes/${name}`)
    for (const term of terms) await api.decisions.apply({ kind: 'term', objectId, term, state: 'accepted' })
    for (const facet of new Set(terms.map(facetOf))) await api.decisions.apply({ kind: 'facet', objectId, facet, state: 'closed' })
  }
  await program.end()
  return { path }
}

/** One training, killed again and again, a little further each time, until its model is installed. */
async function train(ground: Ground, path: string, trials: number, round: number): Promise<void> {
  const { findings, folder } = ground
  let jobId = 0
  for (let done = false; !done;) {
    const program = await startProgram(folder)
    await program.api.catalogue.open({ path })
    if (jobId === 0) {
      const { jobId: started } = await program.api.training.start({ title: `Model ${round}`, options: { trunk: 'frozen', epochs } })
      jobId = started
    } else if ((await follow(program, jobId)).state !== 'done') await program.api.jobs.resume({ jobId })
    const killAt = findings.trials < trials ? await moment(ground, program, jobId) : null
    if (killAt === null) {
      const job = await follow(program, jobId)
      done = job.state === 'done'
      const { bundle } = await program.api.training.state({ jobId })
      const installed = (await program.api.models.list()).some(({ id, version, problem }) => {
        return id === bundle?.id && version === bundle.version && problem === null
      })
      if (done && installed) findings.acknowledged++
      else {
        findings.lost++
        findings.notes.push(`round ${round}: ${job.state} ${JSON.stringify(job.error)}`)
        done = true
      }
      if (!(await program.end())) findings.hangs++
      continue
    }
    await (findings.trials % 2 === 0 ? killParent(ground, program) : killChild(ground, program, jobId))
    findings.trials++
    ground.progress(`${findings.trials} kills, round ${round}, ${killAt}`)
  }
}

/** Waits for a random moment of a training. @returns its name, null if the training ended before */
async function moment(ground: Ground, program: Program, jobId: number): Promise<string | null> {
  const moments: [string, (state: TrainingState) => boolean][] = [
    ['while it begins', () => true],
    ['in its first stage', ({ stage }) => stage !== null],
    ...Array.from({ length: epochs }, (_, index): [string, (state: TrainingState) => boolean] => [
      `after epoch ${index + 1}`,
      ({ epoch }) => (epoch ?? 0) > index
    ]),
    ['while it is exported', ({ stage }) => stage === 'export' || stage === 'check'],
    ['while it is checked', ({ stage }) => stage === 'check']
  ]
  const [name, is] = moments[between(ground, 0, moments.length)] ?? ['', () => true]
  for (;;) {
    const job = (await program.api.jobs.list()).find(({ id }) => id === jobId)
    if (job === undefined || finalStates.includes(job.state)) return null
    if (is(await program.api.training.state({ jobId }))) break
    await pause(10)
  }
  await pause(ground.random() * 300)
  return name
}

/** Kills the program; the trainer and what it started have to be gone within ten seconds. */
async function killParent({ findings }: Ground, program: Program): Promise<void> {
  const trainers = trainersOf(program.pid)
  await program.kill()
  const begun = performance.now()
  let left = trainers
  while ((left = left.filter(isAlive)).length > 0 && performance.now() - begun < endingLimit) await pause(20)
  findings.leftBehind += left.length
  if (left.length > 0) findings.notes.push(`the trainer outlived the program: ${left.join(', ')}`)
  for (const pid of left) process.kill(pid, 'SIGKILL')
}

/** Kills the trainer; the program reports it and ends when asked to. */
async function killChild({ findings }: Ground, program: Program, jobId: number): Promise<void> {
  const trainers = trainersOf(program.pid)
  for (const pid of trainers) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  // Between two stages there is no trainer; the training then continues, and ends with the program.
  if (trainers.length > 0) {
    const job = await follow(program, jobId)
    if (job.state === 'failed' && (job.error === null || job.error.code === 'bug')) {
      findings.endings++
      findings.notes.push(`trainer killed: ${JSON.stringify(job.error)}`)
    }
  }
  if (!(await program.end())) findings.hangs++
}

/** The Pythons that a process started, and the processes of their groups. */
function trainersOf(parent: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
  const pythons = all.filter(({ pid, ppid }) => ppid === parent && commandOf(pid).includes('fitxa_trainer'))
  const groups = new Set(pythons.map(({ pid }) => pid))
  return all.filter(({ pid, group }) => groups.has(pid) || groups.has(group)).map(({ pid }) => pid)
}

function statOf(pid: number): { pid: number; state: string; ppid: number; group: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold anything.
    const [state = '', ppid, group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { pid, state, ppid: Number(ppid), group: Number(group) }
  } catch {
    return null
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** A process that has ended and is only not yet taken note of counts as gone. */
function isAlive(pid: number): boolean {
  const stat = statOf(pid)
  return stat !== null && stat.state !== 'Z'
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
