import type { CommandContext } from './context.ts'

/** Commands about the object as a whole. */
export function objectCommands({ t, say, decide, recordVisit }: CommandContext) {
  return {
    toggleFlag: (): void => {
      const flagged = recordVisit.record.value?.flagged !== true
      decide({ kind: 'flag', flagged })
      say(t(flagged ? 'record.said.flagged' : 'record.said.unflagged'))
    },
    fillField: (fieldId: number, value: string): void => decide({ kind: 'field', fieldId, value }, false),
    keepNote: (note: string): void => {
      decide({ kind: 'note', note }, false)
      say(t('record.said.note'))
    }
  }
}
