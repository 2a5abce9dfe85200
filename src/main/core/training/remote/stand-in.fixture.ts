import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { TrainingStage } from '../../../../shared/model/training.ts'
import type { HostReport, TrainingWork } from '../host.ts'

const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', '..')
const starter = join(project, 'resources', 'models', 'starter')

/**
 * Stands in for the trainer's package: speaks its JSON Lines, keeps a checkpoint, stops on SIGTERM, at a word on its stdin or when that closes with exit code 75,
 * goes on from the checkpoint, and at the end gives back the bundle that it was given, as its own.
 */
const program = `
import argparse, json, os, pathlib, shutil, signal, sys, threading

parser = argparse.ArgumentParser()
parser.add_argument("command")
for name in ("data", "base", "run", "out", "trunk", "epochs", "id", "version", "title-ca", "title-en", "progress"):
    parser.add_argument("--" + name)
parser.add_argument("--stop-on-stdin-close", action="store_true")
options = parser.parse_args()
stopping = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stopping.set())
def watch():
    os.read(0, 4096)
    stopping.set()
if options.stop_on_stdin_close:
    threading.Thread(target=watch, daemon=True).start()
def tell(**line):
    print(json.dumps(line), flush=True)
run = pathlib.Path(options.run)
run.mkdir(exist_ok=True)
wish = json.loads((pathlib.Path(options.data) / "wish.json").read_text())
def allowed():
    if wish["gate"] is None:
        return sys.maxsize
    return int(pathlib.Path(wish["gate"]).read_text() or 0)
checkpoint = run / "checkpoint.pt"
first = int(checkpoint.read_text()) if checkpoint.exists() else 0
tell(type="stage", name="train")
print("warming up", file=sys.stderr, flush=True)
if wish["exit"]:
    print("nothing to learn from", file=sys.stderr, flush=True)
    sys.exit(wish["exit"])
epochs = int(options.epochs)
for epoch in range(first, epochs):
    tell(type="epoch", epoch=epoch, epochs=epochs, loss=1 / (epoch + 1), validation={}, imagesPerSecond=1.0, secondsLeft=0.0)
    checkpoint.write_text(str(epoch + 1))
    while allowed() <= epoch + 1 < epochs:
        if stopping.wait(0.01):
            tell(type="warning", code="stopped", data={}, message="stopped")
            sys.exit(75)
pictures = sorted(path.name for path in (pathlib.Path(options.data) / "pictures").iterdir())
(run / "result.json").write_text(json.dumps({"title": options.title_ca, "pictures": len(pictures), "started": first}))
shutil.copytree(options.base, options.out, dirs_exist_ok=True)
tell(type="result", bundle=options.out)
`

/** What a training through a host reported. */
export interface Reported extends HostReport {
  readonly stages: TrainingStage[]
  readonly connections: boolean[]
  readonly progressed: [number, number | null][]
  readonly logged: string[]
}

export function report(): Reported {
  const stages: TrainingStage[] = []
  const connections: boolean[] = []
  const progressed: [number, number | null][] = []
  const logged: string[] = []
  return {
    stages,
    connections,
    logged,
    log: (line) => void logged.push(line),
    progressed,
    stage: (stage) => void stages.push(stage),
    connected: (is) => void connections.push(is),
    progress: (done, total) => void progressed.push([done, total])
  }
}

let works = 0

/** A work for a stand-in trainer. `gate`: a file by which it waits for epochs to be allowed (`allow`); `exit` makes it fail with that code. */
export function standInWork(
  options: { gate?: string; epochs?: number; exit?: number; requirements?: string; lock?: string } = {}
): TrainingWork {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fitxa-work-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const source = join(folder, 'trainer', 'src')
  mkdirSync(join(source, 'fitxa_trainer'), { recursive: true })
  writeFileSync(join(folder, 'trainer', 'requirements.txt'), options.requirements ?? '# nothing\n')
  writeFileSync(join(folder, 'trainer', 'requirements-text.txt'), '# nothing\n')
  mkdirSync(join(folder, 'trainer', 'locks'))
  writeFileSync(join(folder, 'trainer', 'locks', 'training.txt'), options.lock ?? '# nothing\n')
  writeFileSync(join(folder, 'trainer', 'locks', 'cuda.txt'), '# nothing\n')
  cpSync(join(project, 'trainer', 'src', 'fitxa_trainer', 'machine'), join(source, 'fitxa_trainer', 'machine'), {
    recursive: true,
    filter: (path) => !path.includes('__pycache__')
  })
  writeFileSync(join(source, 'fitxa_trainer', '__init__.py'), '')
  writeFileSync(join(source, 'fitxa_trainer', '__main__.py'), program)
  const data = join(folder, 'data')
  mkdirSync(join(data, 'pictures'), { recursive: true })
  writeFileSync(join(data, 'annotations.csv'), 'id\n')
  writeFileSync(join(data, 'wish.json'), JSON.stringify({ gate: options.gate ?? null, exit: options.exit ?? 0 }))
  // Every name that a shell would trip over, and real content.
  const picture = readFileSync(join(starter, 'selftest.png'))
  const names = ['a.jpg', "it's $(touch pwned) \`touch pwned\`.jpg", '-rf *.jpg', 'gerra ceràmica "1"; reboot.jpg', 'two\nlines.jpg']
  names.forEach((name, index) => writeFileSync(join(data, 'pictures', name), Buffer.concat([picture, Buffer.from(String(index))])))
  return {
    name: `stand-in-${process.pid}-${works++}`,
    data,
    base: starter,
    run: join(folder, 'run'),
    bundle: join(folder, 'bundle'),
    logFile: join(folder, 'trainer.log'),
    trainerSource: source,
    settings: {
      trunk: 'auto',
      epochs: options.epochs ?? 3,
      id: 'test',
      version: '1',
      title: { ca: 'L\'àvia; $(reboot) \`reboot\` "x"', en: 'Test' }
    }
  }
}

/** The epochs of the lines that a training handed on, in their order. */
export function epochsOf(lines: readonly string[]): number[] {
  return lines.flatMap((line) => {
    const { type, epoch } = JSON.parse(line) as { type: string; epoch?: number }
    return type === 'epoch' && epoch !== undefined ? [epoch] : []
  })
}
