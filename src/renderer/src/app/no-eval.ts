import { config } from 'zod'

// The content security policy of the page refuses code made from strings; zod would otherwise try once and be reported.
// This module is the first that main.ts imports, so that it runs before any schema is made.
config({ jitless: true })
