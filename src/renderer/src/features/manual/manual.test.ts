import { describe, expect, it } from 'vitest'
import { createScreens } from '../../app/router.ts'
import { isManualPage, manualPages, manualPictures, manualText, pageAbout } from './manual.ts'

const languages = ['ca', 'en'] as const
const files = Object.keys(import.meta.glob('../../../../../docs/manual/*/*.md', { query: '?raw' }))

describe('the user manual', () => {
  it('has a page for every screen, and every page in both languages', () => {
    const screens = createScreens()
      .getRoutes()
      .flatMap(({ name }) => (name === undefined ? [] : [name]))
    expect(screens.filter((screen) => pageAbout(screen, null) !== screen)).toEqual([])
    const wanted = languages.flatMap((language) => manualPages.map((page) => `${language}/${page}.md`))
    expect(files.map((path) => path.slice(path.indexOf('/manual/') + '/manual/'.length)).sort()).toEqual(wanted.sort())
  })

  it.each(languages)('names only pictures and pages that are there, in %s', async (language) => {
    for (const page of manualPages) {
      const text = await manualText(page, language)
      expect(text, page).toMatch(/^# \S/)
      for (const [, picture = ''] of text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)) expect(manualPictures, page).toHaveProperty([picture])
      for (const [, link = ''] of text.matchAll(/(?<!!)\[[^\]]+\]\(([^)]+)\)/g))
        expect(isManualPage(link.replace(/\.md$/, '')), link).toBe(true)
    }
  })

  it.each(languages)('shows every picture that it carries, in %s', async (language) => {
    const texts = await Promise.all(manualPages.map((page) => manualText(page, language)))
    for (const picture of Object.keys(manualPictures).filter((name) => name.includes(`/${language}/`))) {
      expect(
        texts.some((text) => text.includes(`](${picture})`)),
        picture
      ).toBe(true)
    }
  })
})

it('opens at what is on screen, and with the first steps where nothing has a page of its own', () => {
  expect(pageAbout('record', null)).toBe('record')
  expect(pageAbout('record', 'settings')).toBe('settings')
  expect(pageAbout('record', 'about')).toBe('record')
  expect(pageAbout(undefined, null)).toBe('first-steps')
})
