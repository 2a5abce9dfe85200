import { expect, it } from 'vitest'
import { subjectProblem } from './commit-subject.js'

it.each([
  ['Rank suggestions by facet', null],
  ['Rank suggestions by facet\n\nWhy it is so.\n# a comment of git', null],
  ['Merge branch with a very long name that somebody chose on another day into main', null],
  ['', /no subject/],
  ['# only comments', /no subject/],
  ['x'.repeat(73), /73 characters/],
  ['Rank suggestions.', /full stop/],
  ['Rank suggestions\nwithout a gap', /second line/]
])('judges %j', (message, problem) => {
  if (problem === null) expect(subjectProblem(message)).toBeNull()
  else expect(subjectProblem(message)).toMatch(problem)
})
