import type { Attack } from '../lib/attack.ts'
import { bundles } from './bundles.ts'
import { damaged } from './damaged.ts'
import { fullDisk } from './full-disk.ts'
import { killBatch } from './kill-batch.ts'
import { killDecide } from './kill-decide.ts'
import { killExport } from './kill-export.ts'
import { killCopy, killImport } from './kill-import.ts'
import { killOpen } from './kill-open.ts'
import { killPredict } from './kill-predict.ts'
import { killRule } from './kill-rule.ts'
import { killTrain } from './kill-train.ts'
import { lostFile } from './lost-file.ts'
import { nastyFiles } from './nasty-files.ts'

/** All attacks, in the order in which they run. A new one is a module beside these and a line here. */
export const attacks: readonly Attack[] = [
  killDecide,
  killImport,
  killCopy,
  killPredict,
  killRule,
  killExport,
  killOpen,
  killBatch,
  killTrain,
  lostFile,
  fullDisk,
  damaged,
  nastyFiles,
  bundles
]
