import { randomBytes } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf'
}

/**
 * Folder and file names of a URL path; `/` is the page itself. Null if the path could lead outside the served folder. Percent signs
 * are decoded once; what is still encoded after that is refused.
 */
export function assetSegments(path: string): string[] | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return null
  }
  // A NUL ends a name in C; a backslash and a colon separate paths and drives on Windows.

  if (!decoded.startsWith('/') || /[\u0000-\u001f\\:%]/.test(decoded)) return null
  if (decoded === '/') return ['index.html']
  const segments = decoded.slice(1).split('/')
  return segments.every((segment) => segment !== '' && !segment.startsWith('.') && !/[. ]$/.test(segment)) ? segments : null
}

/** The file below `root` for a URL path. Null if there is none or it lies outside once links are followed. */
export async function resolveAsset(root: string, path: string): Promise<string | null> {
  const segments = assetSegments(path)
  if (segments === null) return null
  try {
    const [folder, file] = await Promise.all([realpath(root), realpath(join(root, ...segments))])
    return file.startsWith(folder + sep) && (await stat(file)).isFile() ? file : null
  } catch {
    return null
  }
}

/** A file of the page as it is sent; `nonce` is set for the page itself, whose policy must name it. */
export interface Asset {
  readonly bytes: Buffer
  readonly type: string
  readonly nonce: string | null
  readonly cacheControl: string
}

/**
 * Reads the file for a URL path. The page itself is given a fresh nonce for its styles each time.
 * @param sessionKeys what the page sends back to prove its session; none if the shell needs no proof, or the page has it
 */
export async function readAsset(root: string, path: string, sessionKeys = ''): Promise<Asset | null> {
  const file = await resolveAsset(root, path)
  if (file === null) return null
  const bytes = await readFile(file)
  const type = contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream'
  if (extname(file) !== '.html') {
    // The build puts a hash of its content into the name of every file under assets/.
    return { bytes, type, nonce: null, cacheControl: path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache' }
  }
  const nonce = randomBytes(16).toString('base64')
  const page = bytes.toString('utf8').replaceAll('__CSP_NONCE__', nonce).replaceAll('__SESSION_KEYS__', sessionKeys)
  return { bytes: Buffer.from(page), type, nonce, cacheControl: 'no-store' }
}
