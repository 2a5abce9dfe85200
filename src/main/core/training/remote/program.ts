import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { oldestPython } from '../python.ts'

/** The modules of trainer/src/fitxa_trainer/machine in the order in which each finds what it imports. */
const modules = ['line', 'store', 'sending', 'running', 'fetching', 'looking', 'serve']

/** Said by `remoteCommand` instead of an answer if there is no such Python, followed by the version that the first one has. */
export const noPython = 'FITXA-NO-PYTHON'

/** How a Python that is too old ends, so that the next one is tried. */
const tooOld = 86

/**
 * The command line for the other machine's login shell, whichever it is: always this text, so that nothing a person wrote ever
 * passes through a shell. It reads two lines from stdin, the Python to use (empty: the first of the usual names that is new enough) and the program that starts ours, and leaves the rest of stdin to it.
 */
export const remoteCommand =
  'exec sh -c \'IFS= read -r p; IFS= read -r b; case "$p" in "~/"*) p="$HOME/${p#??}";; esac; ' +
  'if [ -n "$p" ]; then set -- "$p"; else set -- python3 python3.14 python3.13 python3.12 python3.11 python; fi; ' +
  'for c do command -v "$c" >/dev/null 2>&1 || continue; ' +
  // A name that leads nowhere, as version managers leave them, ends with 126 or 127.
  `"$c" -c "$b"; s=$?; case $s in ${tooOld}|126|127) ;; *) exit $s;; esac; ` +
  `done; v=$("$1" -V 2>/dev/null); echo; echo "${noPython} $v"\'`

/** Reads the program out of the third line and runs it; one line that every Python can read. */
const start =
  `import sys;sys.version_info<(${oldestPython.join(',')}) and sys.exit(${tooOld});` +
  'import base64,json,zlib;' +
  'P=json.loads(zlib.decompress(base64.b64decode(open(0,"rb",0,closefd=False).readline())));' +
  'exec(P["loader"],{"PROGRAM":P,"ARGUMENTS":[]})'

/**
 * What `remoteCommand` reads from stdin before any request: the far end of Fitxa, as this installation has it.
 * @param trainerSource the folder that holds the package `fitxa_trainer`
 * @param python the person's choice for the other machine, null: the newest of those found there
 */
export async function remoteProgram(trainerSource: string, python: string | null): Promise<string> {
  const read = (name: string): Promise<string> => readFile(join(trainerSource, 'fitxa_trainer', 'machine', `${name}.py`), 'utf8')
  const parts = await Promise.all(modules.map(async (name) => [name, await read(name)]))
  const program = deflateSync(JSON.stringify({ loader: await read('loader'), parts })).toString('base64')
  return `${(python ?? '').replace(/[\r\n]/g, '')}\n${start}\n${program}\n`
}
