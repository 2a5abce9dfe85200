import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { findBrowser, hasScreen, openBrowser } from '../../browser/open-browser.ts'
import { startBrowserShell } from '../../browser/shell.ts'
import { findInstallation } from '../../installation.ts'
import { exitCode } from '../exit-code.ts'
import type { Action, Run } from '../run.ts'

interface ServeOptions {
  readonly catalogue?: string
  readonly port?: number
  readonly open: boolean
}

/** `serve`: opens the window in a browser on this machine. The first line on stdout is `{"url": …}`; Ctrl+C ends it. */
export const serve: Action<ServeOptions> = (run, { catalogue, port = 0, open }) =>
  run.withCore({ shell: 'browser' }, async (core) => {
    const { words, terminal } = run
    if (catalogue !== undefined) await core.call.catalogue.open({ path: resolve(catalogue) })
    const shell = await startBrowserShell({ core, rendererFolder: findInstallation().rendererFolder, port })
    const url = shell.newAddress()
    process.stdout.write(`${JSON.stringify({ url })}\n`)
    const tellAddress = (address: string): void => terminal.note(words('serve.address', { url: address }))
    if (open) await openOrTell(run, url, tellAddress)
    else tellAddress(url)
    terminal.note(words('serve.how'))
    // Enter prints a new address, for a person who lost it or used it in another browser.
    const input = process.stdin.isTTY ? createInterface({ input: process.stdin }) : null
    input?.on('line', () => tellAddress(shell.newAddress()))
    if (!run.interrupted.aborted) await once(run.interrupted, 'abort')
    input?.close()
    await shell.close()
    terminal.note(words('serve.ended'))
    return exitCode.done
  })

async function openOrTell({ words, terminal }: Run, url: string, tellAddress: (address: string) => void): Promise<void> {
  const browser = findBrowser()
  if (!hasScreen()) terminal.note(words('serve.noScreen'))
  else if (browser === null) terminal.note(words('serve.noBrowser'))
  else if (await openBrowser(browser, url)) return
  else terminal.note(words('serve.browserFailed'))
  tellAddress(url)
}
