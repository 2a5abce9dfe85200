import { chromium, type Browser, type Page } from '@playwright/test'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The clean Debian in which the package is installed, as `npm run test:package` names it, and the account of its person. */
export const root = process.env['FITXA_ROOT'] ?? ''
const person = process.env['FITXA_PERSON'] ?? ''
export const home = join('/home', person)

/** A path of the clean Debian, seen from outside. */
export const within = (...parts: string[]): string => join(root, ...parts)

/** Starts a command in there, as its person and with nothing of this environment. */
export function startAs(command: readonly string[], variables: Record<string, string> = {}): ChildProcess {
  const env = Object.entries({ HOME: home, USER: person, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', ...variables })
  const given = env.map(([name, value]) => `${name}=${value}`)
  const args = [`--userspec=${person}:${person}`, root, '/usr/bin/env', '-i', '-C', home, ...given, ...command]
  return spawn('chroot', args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
}

/** Runs a command in there to its end. @returns its exit code, what it printed, and what it said beside that */
export async function runAs(command: readonly string[]): Promise<{ code: number | null; out: string; said: string }> {
  const child = startAs(command)
  let [out, said] = ['', '']
  child.stdout?.on('data', (text) => (out += text))
  child.stderr?.on('data', (text) => (said += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, said }
}

/** An invisible screen in there. */
export async function startScreen(): Promise<{ display: string; end(): void }> {
  const screen = startAs(['Xvfb', '-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp', '-noreset'])
  const numbers = screen.stdio[3]
  if (numbers === null || numbers === undefined) throw new Error('Xvfb has no descriptor to tell its number on')
  const [number] = (await once(numbers, 'data')) as [Buffer]
  return { display: `:${number.toString().trim()}`, end: () => void screen.kill() }
}

/** The installed program with its window. */
export interface Installed {
  readonly page: Page
  readonly process: ChildProcess
  readonly browser: Browser
  /** Milliseconds from the start of the program to its first paint. */
  firstPaint(): Promise<number>
}

/** Starts the program from the start menu's command, and connects to its window as a debugger does. */
export async function startProgram(display: string): Promise<Installed> {
  const started = Date.now()
  const program = startAs(['fitxa', '--remote-debugging-port=0', '--disable-gpu', '--lang=ca'], { DISPLAY: display })
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    program.once('exit', (code) => reject(new Error(`the program ended with ${code}: ${said}`)))
    if (program.stderr === null) return
    createInterface({ input: program.stderr }).on('line', (line) => {
      said += `${line}\n`
      const [, found] = /^DevTools listening on (ws:\S+)/.exec(line) ?? []
      if (found !== undefined) resolve(found)
    })
  })
  const browser = await chromium.connectOverCDP(address)
  const [context] = browser.contexts()
  if (context === undefined) throw new Error('the program has no window')
  const page = context.pages()[0] ?? (await context.waitForEvent('page'))
  return {
    page,
    process: program,
    browser,
    firstPaint: async () => {
      const at = await page.evaluate(
        () => performance.timeOrigin + (performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)
      )
      return at - started
    }
  }
}
