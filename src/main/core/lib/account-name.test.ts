import { afterEach, expect, it, vi } from 'vitest'
import { listFolder } from '../folders/folders.ts'
import { accountName } from './account-name.ts'

const os = vi.hoisted(() => ({ userInfo: vi.fn() }))
vi.mock('node:os', async (actual) => ({ ...(await actual<object>()), userInfo: os.userInfo }))
afterEach(() => vi.clearAllMocks())

it('is the name of the account', () => {
  os.userInfo.mockReturnValue({ username: 'maria' })
  expect(accountName()).toBe('maria')
})

it('is the number of an account without a name, and folders are still listed', async () => {
  os.userInfo.mockImplementation(() => {
    throw new Error('uv_os_get_passwd returned ENOENT')
  })
  expect(accountName()).toMatch(/^#\d*$/)
  expect((await listFolder(import.meta.dirname)).path).toBe(import.meta.dirname)
})
