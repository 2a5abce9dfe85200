/** Refuses a commit whose subject is longer than 72 characters or is not separated from its body: `node commit-subject.js FILE`. */
import { readFileSync } from 'node:fs'
import process from 'node:process'

const longest = 72

/** The fault of a commit message as a sentence; null if there is none. Lines added by git start with `#`. */
export function subjectProblem(message) {
  const lines = message.split('\n').filter((line) => !line.startsWith('#'))
  const [subject = '', second = ''] = lines
  if (subject.trim() === '') return 'The commit has no subject.'
  if (/^(Merge|Revert|fixup!|squash!|amend!)/.test(subject)) return null
  if (subject.length > longest) return `The subject has ${subject.length} characters; at most ${longest} fit. Say the rest in the body.`
  if (/[.]$/.test(subject)) return 'The subject ends with a full stop. Leave it out.'
  if (second.trim() !== '') return 'The second line has to be empty; the body begins on the third.'
  return null
}

if (process.argv[1]?.endsWith('commit-subject.js') === true) {
  const problem = subjectProblem(readFileSync(process.argv[2] ?? '', 'utf8'))
  if (problem !== null) {
    process.stderr.write(`${problem}\n`)
    process.exitCode = 1
  }
}
