import { methods } from './base.ts'

const { decisions, history } = methods

export const decisionsMethods = decisions.router({
  apply: decisions.apply.handler(({ context, input }) => context.desk.need().annotations.apply(input)),
  acceptRule: decisions.acceptRule.handler(async ({ context, input }) => ({
    jobId: await context.desk.need().annotations.acceptRule(input)
  })),
  bringIn: decisions.bringIn.handler(async ({ context, input }) => ({ jobId: await context.desk.need().startBringIn(input.file) }))
})

export const historyMethods = history.router({
  state: history.state.handler(({ context }) => context.desk.need().annotations.undoState()),
  undo: history.undo.handler(({ context }) => context.desk.need().annotations.undo()),
  redo: history.redo.handler(({ context }) => context.desk.need().annotations.redo()),
  undoAction: history.undoAction.handler(({ context, input }) => context.desk.need().annotations.undoAction(input.actionId)),
  authors: history.authors.handler(({ context }) => context.desk.need().annotations.authors()),
  details: history.details.handler(({ context, input }) => context.desk.need().annotations.details(input)),
  runs: history.runs.handler(({ context }) => context.desk.need().annotations.runs()),
  removeRun: history.removeRun.handler(async ({ context, input }) => ({
    jobId: await context.desk.need().annotations.removeRun(input.runId)
  })),
  list: history.list.handler(({ context, input }) => context.desk.need().annotations.history(input))
})
