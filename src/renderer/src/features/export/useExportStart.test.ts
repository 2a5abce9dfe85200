import { beforeEach, expect, it, vi } from 'vitest'
import { AppError } from '../../../../shared/errors.ts'
import { useExportStart } from './useExportStart.ts'

const { start, print, report } = vi.hoisted(() => ({ start: vi.fn(), print: vi.fn(), report: vi.fn() }))
vi.mock('../../api/client.ts', () => ({ api: { exports: { start, print } } }))
vi.mock('../../composables/useMessages.ts', () => ({ report }))

beforeEach(() => {
  start.mockReset()
  report.mockReset()
})

it('asks before it replaces a file that is no export, and replaces it only after a yes', async () => {
  const exports = useExportStart()
  start.mockRejectedValue(new AppError('export.exists', { file: '/a.csv' }))
  await exports.start({ format: 'csv', file: '/a.csv' })
  expect(exports.question.value).toMatchObject({ file: '/a.csv' })
  await exports.answer(false)
  expect(exports.question.value).toBeNull()
  expect(start).toHaveBeenCalledTimes(1)

  await exports.start({ format: 'csv', file: '/a.csv' })
  start.mockResolvedValue({ jobId: 1 })
  await exports.answer(true)
  expect(start).toHaveBeenLastCalledWith({ format: 'csv', file: '/a.csv', overwrite: true })
  expect(exports.question.value).toBeNull()
  expect(report).not.toHaveBeenCalled()
})

it('makes a PDF where one is asked for', async () => {
  print.mockResolvedValue({ jobId: 1 })
  await useExportStart().start({ format: 'card' })
  expect([print.mock.calls, start.mock.calls]).toEqual([[[{ format: 'card' }]], []])
})

it('reports every other failure', async () => {
  const exports = useExportStart()
  const error = new AppError('export.isOriginal', { file: '/a.jpg' })
  start.mockRejectedValue(error)
  await exports.start({ format: 'csv', file: '/a.jpg' })
  expect(report).toHaveBeenCalledWith(error)
  expect([exports.question.value, exports.starting.value]).toEqual([null, false])
})
