import { realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** The file of an exports folder that the last part of /download/<name> names; null if there is none or it lies outside. */
export async function findDownload(folder: string, encodedName: string): Promise<{ file: string; name: string } | null> {
  let name: string
  try {
    name = decodeURIComponent(encodedName)
  } catch {
    return null
  }

  if (name === '' || name.startsWith('.') || /[\u0000-\u001f/\\:]/.test(name)) return null
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, name))])
    return file.startsWith(root + sep) && (await stat(file)).isFile() ? { file, name } : null
  } catch {
    return null
  }
}

/** The header that makes a browser save the reply under this name, whatever letters it holds (RFC 6266, RFC 8187). */
export function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
