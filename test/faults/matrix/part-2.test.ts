import { matrix } from './rows.ts'

matrix(1, 2)
