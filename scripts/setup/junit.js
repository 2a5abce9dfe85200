/**
 * Counts of a JUnit report: every `<testcase>` has passed unless it contains a `<failure>`, `<error>` or `<skipped>`.
 * @param {string} xml
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function countJunit(xml) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const [, body] of xml.matchAll(/<testcase\b(?:[^>"]|"[^"]*")*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    if (/<(failure|error)\b/.test(body ?? '')) counts.failed += 1
    else if (/<skipped\b/.test(body ?? '')) counts.skipped += 1
    else counts.passed += 1
  }
  return counts
}
