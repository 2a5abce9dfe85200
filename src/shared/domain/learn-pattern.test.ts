import { expect, it } from 'vitest'
import { learnPattern } from './learn-pattern.ts'

const learn = (examples: Record<string, string>): string | null =>
  learnPattern(Object.entries(examples).map(([path, number]) => ({ path, number })))

it.each([
  [{ 'a/MUS 1_a.jpg': 'MUS 1', 'b/MUS 22_b.jpg': 'MUS 22', 'MUS 3_detail.JPG': 'MUS 3' }, '{num}_{view}'],
  [{ 'MUS 1.jpg': 'MUS 1', 'MUS 2_b.jpg': 'MUS 2', 'MUS 3_c.jpg': 'MUS 3' }, '{num}[_{view}]'],
  [{ 'foto-0001.tif': '0001', 'foto-0002.tif': '0002', 'foto-0103.tif': '0103' }, 'foto-{num}'],
  [{ 'IMG_1-0005.jpg': '0005', 'IMG_22-0006.jpg': '0006', 'DSC_3-0077.jpg': '0077' }, '{*}-{num}'],
  // What does not matter takes as much as it can, so that nothing reads `MNAC 5` here.
  [{ 'IMG_1 MNAC 5.jpg': 'MNAC 5', 'IMG_22 MNAC 6.jpg': 'MNAC 6' }, null],
  [{ '12a.jpg': '12', '13b.jpg': '13', '14.jpg': '14' }, null]
])('learns from %j: %s', (examples, pattern) => {
  expect(learn(examples as Record<string, string>)).toBe(pattern)
})

it('finds nothing where the numbers do not stand in the names, or nothing is in common', () => {
  expect(learn({ 'a.jpg': 'MUS 1' })).toBeNull()
  expect(learn({ 'x1.jpg': '1', 'y-2.jpg': '2' })).toBeNull()
  expect(learn({})).toBeNull()
})
