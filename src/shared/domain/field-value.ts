import { AppError } from '../errors.ts'
import type { Field } from '../model/field.ts'
import { storableText } from './storable-text.ts'

/** An ISO 8601 year, month or day; years before 0 and after 9999 have a sign (EDTF level 0 and the letter Y are not supported). */
const isoDate = /^(-?\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/

/**
 * The value of a field as stored; an empty text clears the field. Numbers have a decimal point, dates are ISO 8601 and may be
 * a year or a month only. Throws `field.linked`, `field.badDate`, `field.badNumber`, `field.notAChoice`.
 */
export function fieldValue({ kind, name, choices }: Pick<Field, 'kind' | 'name' | 'choices'>, typed: string): string {
  const text = storableText(typed)
  const trimmed = text.trim()
  if (kind === 'linked') throw new AppError('field.linked', { field: name })
  if (trimmed === '') return ''
  switch (kind) {
    case 'longText':
      return text
    case 'text':
      return trimmed.replace(/\s+/g, ' ')
    case 'date':
      if (!isDate(trimmed)) throw new AppError('field.badDate', { field: name, value: trimmed })
      return trimmed
    case 'number': {
      const number = trimmed.replace(',', '.')
      if (!/^[+-]?\d+(\.\d+)?$/.test(number)) throw new AppError('field.badNumber', { field: name, value: trimmed })
      return number
    }
    case 'choice':
      if (!choices.includes(trimmed)) throw new AppError('field.notAChoice', { field: name, value: trimmed })
      return trimmed
  }
}

function isDate(text: string): boolean {
  const [, year, month, day] = isoDate.exec(text) ?? []
  if (year === undefined) return false
  if (month === undefined) return true
  if (Number(month) < 1 || Number(month) > 12) return false
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return day === undefined || (Number(day) >= 1 && Number(day) <= days)
}
