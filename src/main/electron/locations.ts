import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Locations of the parts that the shell starts and serves. */
export interface Locations {
  readonly node: string
  readonly entry: string
  readonly preload: string
  readonly rendererFolder: string
}

/**
 * Installed, the core is a folder of its own beside the archive (`resources/core`: plain Node cannot read an asar), with its Node;
 * from a checkout everything lies in `out/` and `FITXA_NODE` names the Node that `npm start` found.
 */
export function locate(packaged: boolean, resourcesPath: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Locations {
  const main = dirname(fileURLToPath(import.meta.url))
  const preload = join(main, '..', 'preload', 'index.cjs')
  if (!packaged) {
    return {
      node: env['FITXA_NODE'] ?? 'node',
      entry: join(main, 'core-process.js'),
      preload,
      rendererFolder: join(main, '..', 'renderer')
    }
  }
  const core = join(resourcesPath, 'core')
  return {
    node: join(core, 'node', platform === 'win32' ? 'node.exe' : 'node'),
    entry: join(core, 'out', 'main', 'core-process.js'),
    preload,
    rendererFolder: join(core, 'out', 'renderer')
  }
}
