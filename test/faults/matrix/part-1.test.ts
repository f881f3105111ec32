import { matrix } from './rows.ts'

matrix(0, 2)
