import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { accountName } from '../lib/account-name.ts'
import { isFolder } from '../lib/exists.ts'

export interface Place {
  readonly name: string
  readonly path: string
}

/** What the places depend on, so that each system's can be tried on any. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly user: string
}

const thisMachine = (): Machine => ({ platform: process.platform, home: homedir(), user: accountName() })

/** Folders where people keep pictures and where disks appear: the home folder, its pictures, then drives and mounted disks. */
export async function listPlaces(machine: Machine = thisMachine()): Promise<Place[]> {
  const pictures = [await picturesFolder(machine), join(machine.home, 'Pictures'), join(machine.home, 'Imatges')]
  const wanted = [machine.home, ...pictures.filter((path) => path !== null), ...(await disks(machine))]
  const places: Place[] = []
  for (const path of new Set(wanted)) {
    if (await isFolder(path)) places.push({ name: basename(path) || path, path })
  }
  return places
}

/** The pictures folder as the desktop names it in the person's language (XDG user directories). */
async function picturesFolder({ platform, home }: Machine): Promise<string | null> {
  if (platform !== 'linux') return null
  const text = await readFile(join(home, '.config', 'user-dirs.dirs'), 'utf8').catch(() => '')
  const named = /^XDG_PICTURES_DIR="(.+)"$/m.exec(text)?.[1]
  return named === undefined ? null : named.replace('$HOME', home)
}

async function disks({ platform, user }: Machine): Promise<string[]> {
  if (platform === 'win32') return [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:\\`)
  const parents = platform === 'darwin' ? ['/Volumes'] : [`/media/${user}`, `/run/media/${user}`, '/mnt']
  const found = await Promise.all(parents.map(async (parent) => (await readdir(parent).catch(() => [])).map((name) => join(parent, name))))
  return found.flat().sort()
}
