import { chmod } from 'node:fs/promises'
import { createServer } from 'node:http'
import { z } from 'zod'
import { endProcess, endProcessInTime } from '../end-process.ts'
import { findInstallation } from '../installation.ts'
import { createCore } from './core.ts'

/** Options in the environment variable `FITXA_CORE`, as JSON. */
const configurationSchema = z.object({
  /** Unix socket in a folder that only this user can enter, or named pipe of Windows, on which to answer. */
  pipe: z.string().min(1),
  shell: z.enum(['electron', 'browser']).default('electron'),
  version: z.string().optional(),
  dataFolder: z.string().optional(),
  resourcesFolder: z.string().optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).optional()
})

/**
 * The core as a process of its own, for a shell that cannot hold it: answers HTTP on the parent's pipe, says
 * `{"ready":true}` on stdout once it does, and ends when the parent closes its stdin (or dies) or asks by a signal.
 */
async function main(): Promise<void> {
  const { pipe, ...given } = configurationSchema.parse(JSON.parse(process.env['FITXA_CORE'] ?? 'null'))
  const core = await createCore({ ...findInstallation(), ...given })
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => void core.handle(request, response))
  // SECURITY: the socket is created with permissions for its owner only, whatever those of its folder are.
  const before = process.umask(0o177)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(pipe, resolve))
  process.umask(before)
  if (process.platform !== 'win32') await chmod(pipe, 0o600)

  let ending = false
  const end = async (): Promise<void> => {
    if (ending) return
    ending = true
    endProcessInTime()
    server.close()
    const allEnded = await core.close()
    server.closeAllConnections()
    endProcess(0, allEnded)
  }
  const endLoudly = (): void => {
    end().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    })
  }
  process.stdin.resume().once('close', endLoudly).once('end', endLoudly)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, endLoudly)
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
}

await main()
