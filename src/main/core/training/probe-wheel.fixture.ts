/** A folder with one package that pip can install, so that tests fetch nothing. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const program = `
import sys, zipfile
info = "fitxa_probe-1.0.dist-info/"
with zipfile.ZipFile(sys.argv[1], "w") as file:
    file.writestr("fitxa_probe.py", "")
    file.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: fitxa-probe\\nVersion: 1.0\\n")
    file.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    file.writestr(info + "RECORD", "")
`

/** Puts the wheel of `fitxa-probe` 1.0 into `folder`; returns its SHA-256. */
export function makeProbeWheel(folder: string): string {
  const file = join(folder, 'fitxa_probe-1.0-py3-none-any.whl')
  execFileSync(process.env['FITXA_PYTHON'] ?? 'python3', ['-c', program, file])
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** A lock file that names one package with one hash. */
export function lockOf(requirement: string, sha256: string): string {
  return `# one package\n${requirement} \\\n    --hash=sha256:${sha256}\n`
}
