import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { between, type Attack, type Ground } from '../lib/attack.ts'
import { fillCatalogue, smallPictures, unfinishedFiles, withoutModel } from '../lib/material.ts'
import { follow, runCommand, startProgram, Told, toldABug } from '../lib/program.ts'

const files = 250

/** A file system of its own in memory, of a size in KiB. */
function mount(folder: string, size: number): void {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', folder])
}

const resize = (folder: string, size: number): void => void execFileSync('mount', ['-o', `remount,size=${size}k`, folder])

const unmount = (folder: string): void => void execFileSync('umount', ['-l', folder])

/**
 * An import on the command line runs out of disk space; it ends with an error sentence, in time, and resumes once there is
 * space.
 */
async function importTrial(ground: Ground, photos: string, copy: boolean): Promise<void> {
  const { findings, folder } = ground
  const disk = join(folder, 'disk')
  const size = between(ground, 400, 3200)
  mount(disk, size)
  try {
    const path = join(disk, 'C.fitxa')
    const args = ['import', photos, '--catalogue', path, ...(copy ? ['--copy'] : [])]
    for (const command of [['new', path], args]) {
      const ended = await runCommand(folder, command)
      if (ended.hung || ended.afterLastLine > 10_000) findings.hangs++
      if (ended.code !== 0 && (toldABug(ended) || ended.err.trim() === '')) {
        findings.endings++
        findings.notes.push(`${size} KiB: ${ended.err.trim().split('\n').at(-1)}`)
      }
    }
    resize(disk, 200_000)
    await runCommand(folder, ['new', path])
    const again = await runCommand(folder, [...args, '--json'])
    const { files: seen = 0, refused = [] } = JSON.parse(again.out) as { files?: number; refused?: unknown[] }
    findings.acknowledged += seen
    if (again.code !== 0 || seen !== files || refused.length > 0) findings.lost += Math.max(1, files - seen)
    findings.leftBehind += unfinishedFiles(disk).length
  } finally {
    unmount(disk)
  }
}

/** Decisions run out of disk space; acknowledged ones stay, the program closes and ends, and continues once there is space. */
async function decideTrial(ground: Ground): Promise<void> {
  const { findings, folder } = ground
  const disk = join(folder, 'disk')
  mount(disk, 8000)
  try {
    const making = await startProgram(folder)
    const { path } = await making.api.catalogue.create({ folder: disk, name: 'C' })
    await making.end()
    const ids = fillCatalogue(path, 10)
    const program = await startProgram(folder)
    await program.api.catalogue.open({ path })
    const room = between(ground, 0, 500) * 1024
    const { bavail, bsize } = statfsSync(disk)
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - room)))
    const notes = new Map<number, string>()
    let refusal: unknown = null
    for (let number = 1; refusal === null && number < 2000; number++) {
      const objectId = ids[number % ids.length] ?? 0
      const note = `${number} ${'x'.repeat(between(ground, 0, 3000))}`
      await program.api.decisions.apply({ kind: 'note', objectId, note }).then(
        () => {
          notes.set(objectId, note)
          findings.acknowledged++
        },
        (error: unknown) => (refusal = error)
      )
    }
    if (!(refusal instanceof Told) || refusal.code !== 'catalogue.diskFull') {
      findings.endings++
      findings.notes.push(`${room} bytes: ${String(refusal)}`)
    }
    const close = await program.api.catalogue.close().catch((error: unknown) => error)
    if (close instanceof Error) findings.endings++
    if (!(await program.end())) findings.hangs++
    rmSync(ballast)
    const next = await startProgram(folder)
    await next.api.catalogue.open({ path })
    for (const [objectId, note] of notes) if ((await next.api.objects.record({ objectId })).note !== note) findings.lost++
    await next.api.decisions.apply({ kind: 'flag', objectId: ids[0] ?? 0, flagged: true })
    if (!(await next.end())) findings.hangs++
  } finally {
    unmount(disk)
  }
}

/**
 * A job in the window runs out of disk space: it fails with an error sentence, closing and opening work, and it can be resumed
 * once there is space.
 */
async function jobTrial(ground: Ground, photos: string): Promise<void> {
  const { findings, folder } = ground
  const disk = join(folder, 'disk')
  mount(disk, 60_000)
  try {
    const program = await startProgram(folder)
    await program.api.catalogue.create({ folder: disk, name: 'C' })
    const { bavail, bsize } = statfsSync(disk)
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - between(ground, 40, 1500) * 1024))
    const started = await program.api.imports.start({ folder: photos, predict: false }).catch((error: unknown) => error)
    if (started instanceof Error) {
      if (!(started instanceof Told) || started.code !== 'catalogue.diskFull') findings.endings++
    } else {
      const { jobId } = started as { jobId: number }
      const job = await follow(program, jobId)
      if (job.state !== 'failed' || job.error === null || job.error.code === 'bug') {
        findings.endings++
        findings.notes.push(`job ${job.state} ${JSON.stringify(job.error)}`)
      }
      rmSync(ballast)
      await program.api.jobs.resume({ jobId })
      const done = await follow(program, jobId)
      findings.acknowledged += done.counts['taken'] ?? 0
      if (done.state !== 'done' || (done.counts['taken'] ?? 0) !== files) findings.lost++
    }
    if (!(await program.end())) findings.hangs++
    findings.leftBehind += unfinishedFiles(disk).length
  } finally {
    unmount(disk)
  }
}

export const fullDisk: Attack = {
  name: 'full-disk',
  about:
    'a small disk runs full while a catalogue is made, imported into (with and without copies), decided in, and while a job of the window works',
  unable: () => (process.platform === 'linux' && process.getuid?.() === 0 ? null : 'needs Linux and the right to mount a tmpfs'),
  async run(ground) {
    const { findings, folder } = ground
    withoutModel(folder)
    const photos = await smallPictures(join(folder, 'photos'), files)
    const trials = ground.trials(40)
    for (let trial = 0; trial < trials; trial++) {
      if (trial % 4 === 0) await importTrial(ground, photos, false)
      else if (trial % 4 === 1) await importTrial(ground, photos, true)
      else if (trial % 4 === 2) await decideTrial(ground)
      else await jobTrial(ground, photos)
      findings.trials++
      ground.progress(`${findings.trials} moments of a full disk`)
    }
  }
}
