import { enableAutoUnmount, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import type { PatternTrial } from '../../../../shared/model/job.ts'
import { inApp } from '../../components/test/in-app.ts'
import ImportForm from './ImportForm.vue'

const trial = (files: number, error: PatternTrial['error'] = null): PatternTrial =>
  ({ files, matched: 0, error, groups: [], unmatched: [], doubtful: 0, objects: 0, lackDigit: 0, groupCount: 0 }) as PatternTrial

enableAutoUnmount(afterEach)

const form = (props: { folder?: string; trial?: PatternTrial | null; trialProblem?: string | null }) =>
  mount(ImportForm, {
    props: {
      folder: '/photos',
      chosen: null,
      pattern: '',
      acrossFolders: false,
      trial: null,
      trialProblem: null,
      trying: false,
      starting: false,
      problem: null,
      ...props
    },
    global: inApp('en')
  })

describe('the command that imports', () => {
  it.each([
    ['without a folder', { folder: '' }],
    ['for a folder without images', { trial: trial(0) }],
    ['for a folder that cannot be read', { trialProblem: 'The folder cannot be read.' }],
    ['for a pattern that is none', { trial: trial(3, { code: 'pattern.noNumber', data: { pattern: 'x' } }) }]
  ])('leads nowhere, so it cannot be given: %s', async (_, props) => {
    const wrapper = form(props)
    await wrapper.get('form').trigger('submit')
    expect(wrapper.emitted('start')).toBeUndefined()
    expect(wrapper.get('.app-button-main').attributes('disabled')).toBeDefined()
  })

  it('says how many files it takes', async () => {
    const wrapper = form({ trial: trial(3) })
    expect(wrapper.get('.app-button-main').text()).toContain('3')
    await wrapper.get('form').trigger('submit')
    expect(wrapper.emitted('start')).toHaveLength(1)
  })
})
