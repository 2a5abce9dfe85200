import type { TrainingWork } from './host.ts'

/** The folders of a work as they are called on the machine that trains. */
export type TrainerFolders = Pick<TrainingWork, 'data' | 'base' | 'run' | 'bundle'>

/**
 * Arguments for Python: the command that does everything from the data to the bundle (trainer/README.md). The same arguments
 * continue a run that was stopped. It speaks JSON Lines on stdout, and checkpoints and ends when its stdin is closed.
 */
export function fineTuneArguments(folders: TrainerFolders, { id, version, title, trunk, epochs }: TrainingWork['settings']): string[] {
  return [
    '-m',
    'fitxa_trainer',
    'fine-tune',
    ...['--data', folders.data],
    ...['--base', folders.base],
    ...['--run', folders.run],
    ...['--out', folders.bundle],
    ...['--trunk', trunk],
    ...(epochs === null ? [] : ['--epochs', String(epochs)]),
    ...['--id', id],
    ...['--version', version],
    ...['--title-ca', title.ca],
    ...['--title-en', title.en],
    ...['--progress', 'jsonl'],
    '--stop-on-stdin-close'
  ]
}
