import { describe, expect, it } from 'vitest'
import { errorTables } from './error-tables.ts'
import { sentence } from './errors.ts'
import { typeset } from './typeset.ts'

describe('typeset', () => {
  it.each([
    ["la fitxa d'un objecte, copia'l, l'«arbre», d'{n}", 'la fitxa d’un objecte, copia’l, l’«arbre», d’{n}'],
    ["the catalogue's file isn't there", 'the catalogue’s file isn’t there'],
    ["usuari{'@'}maquina, {'{num}'}_{'{view}'}", "usuari{'@'}maquina, {'{num}'}_{'{view}'}"],
    ["python -c 'import torch'", "python -c 'import torch'"]
  ])('sets %s', (text, set) => {
    expect(typeset(text)).toBe(set)
  })
})

describe('a sentence', () => {
  it('is set, and the values in it are left as they are', () => {
    expect(sentence('ca', 'export.isOriginal', { file: "l'avi.jpg" })).toContain("l'avi.jpg és una imatge d’aquest catàleg")
  })

  it('says what a code of the system means, and keeps the code for those who look it up', () => {
    expect(sentence('ca', 'export.notWritable', { file: 'x', reason: 'EACCES' })).toContain('(no hi teniu permís, EACCES)')
    expect(sentence('en', 'export.notWritable', { file: 'x', reason: 'ENOSPC' })).toContain('(the disk is full, ENOSPC)')
    expect(sentence('en', 'export.notWritable', { file: 'x', reason: 'EODD' })).toContain('(EODD)')
  })

  it('explains in Catalan what is left in English', () => {
    for (const [code, text] of Object.entries(errorTables.ca)) expect(text, code).not.toMatch(/\b(signes|nucli|Vés|Idioma)\b/)
  })
})
