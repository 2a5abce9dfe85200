import { readFileSync, readdirSync } from 'node:fs'
import { expect, type ElectronApplication } from '@playwright/test'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** Processes of this machine as /proc tells them; one that ends meanwhile is left out, as is one that only waits to be collected. */
function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? []
        if (state === 'Z' || parent === undefined) return []
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return [{ pid: Number(name), parent: Number(parent), command }]
      } catch {
        return []
      }
    })
}

/** All processes below one, itself included. */
export function processesBelow(pid: number): Process[] {
  const all = processes()
  const found = all.filter((process) => process.pid === pid)
  for (const { pid: parent } of found) found.push(...all.filter((process) => process.parent === parent))
  return found
}

export const isAlive = (pid: number): boolean => processes().some((process) => process.pid === pid)

/** The process of the core of a running app. */
export async function corePid(app: ElectronApplication, other?: number): Promise<number> {
  let pid: number | undefined
  await expect
    .poll(() => {
      const cores = processesBelow(app.process().pid ?? 0).filter(({ command }) => command.includes('core-process.js'))
      pid = cores.find((core) => core.pid !== other)?.pid
      return pid
    })
    .toBeDefined()
  return pid ?? 0
}

/** A line of /proc/<pid>/status. */
export const statusOf = (pid: number, field: string): string =>
  new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''

/** How often a missing route was requested in this network (RFC 4293, ipSystemStatsOutNoRoutes), over IPv4 and IPv6. */
export function routesAskedFor(): number {
  const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Ip:'))
  const at = names.split(' ').indexOf('OutNoRoutes')
  const six = /^Ip6OutNoRoutes\s+(\d+)$/m.exec(readFileSync('/proc/net/snmp6', 'utf8'))?.[1] ?? '0'
  return Number(values.split(' ')[at]) + Number(six)
}
