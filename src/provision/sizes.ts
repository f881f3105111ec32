import type { EdgeConfig } from '../access/edge-config.ts'
import { makeEdgeZip } from '../edge-package/zip.ts'
import type { Plan } from '../plan/types.ts'
import type { Cloud } from './cloud.ts'
import { encodeDocument } from './documents.ts'

/** Throws what AWS would refuse as too large, before anything is written; refs stand for little. */
export function assertSizes({ steps }: Plan, cloud: Pick<Cloud, 'build'>): void {
  for (const { kind, inputs } of steps) {
    if (kind === 'document.put' && inputs['plain'] !== true) {
      encodeDocument(String(inputs['name']), inputs['value'])
    }
    if (inputs['config'] !== undefined) makeEdgeZip(cloud.build, inputs['config'] as EdgeConfig)
  }
}
