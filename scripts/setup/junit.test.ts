import { expect, it } from 'vitest'
import { countJunit } from './junit.js'

it('counts every test case once by its outcome', () => {
  const xml = `<testsuites><testsuite tests="5" failures="1">
    <testcase name="a" time="0.1"/>
    <testcase name="b &gt; c"></testcase>
    <testcase name="with > inside a quote"><system-out>said &lt;failure</system-out></testcase>
    <testcase name="d"><failure message="no">stack</failure></testcase>
    <testcase name="e"><error/></testcase>
    <testcase name="f"><skipped/></testcase>
  </testsuite></testsuites>`
  expect(countJunit(xml)).toEqual({ passed: 3, failed: 2, skipped: 1 })
})
