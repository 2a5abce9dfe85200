/** The bare side of the import's benchmark: sharp calls for both thumbnails, straight from the files, nothing else. */
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const [photos = '', target = '', threads = '2'] = process.argv.slice(2)
sharp.cache(false)
mkdirSync(target)
const names = readdirSync(photos).sort()
const started = performance.now()
const before = process.cpuUsage()

async function draw(name: string): Promise<void> {
  const { data, info } = await sharp(join(photos, name))
    .autoOrient()
    .resize({ width: 1600, height: 1600, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { raw: { width: info.width, height: info.height, channels: info.channels } }
  await sharp(data, raw)
    .jpeg({ quality: 86 })
    .toFile(join(target, `${name}-screen.jpg`))
  const small = sharp(data, raw).resize({ width: 320, height: 320, fit: 'inside', withoutEnlargement: true })
  await small.jpeg({ quality: 80 }).toFile(join(target, `${name}-thumb.jpg`))
}

async function lane(): Promise<void> {
  for (let name = names.shift(); name !== undefined; name = names.shift()) await draw(name)
}

await Promise.all(Array.from({ length: Number(threads) }, lane))
const { user, system } = process.cpuUsage(before)
const { maxRSS } = process.resourceUsage()
console.log(
  JSON.stringify({ seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6, peakMegabytes: maxRSS / 1024 })
)
