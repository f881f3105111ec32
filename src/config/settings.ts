import { DEFAULTS } from '../access/settings.ts'
import type { Settings } from '../access/settings.ts'
import type { ConfigFile } from './schema.ts'

/** The file with its defaults filled in. */
export function toSettings(file: ConfigFile): Settings {
  return {
    version: 1,
    distribution: file.distribution,
    hosts: file.hosts,
    behaviors: file.behaviors,
    okta: {
      orgUrl: file.okta.orgUrl.replace(/\/+$/, ''),
      authorizationServer: file.okta.authorizationServer ?? DEFAULTS.authorizationServer,
    },
    allow: file.allow,
    session: {
      tokenMinutes: file.session?.tokenMinutes ?? DEFAULTS.tokenMinutes,
      maxHours: file.session?.maxHours ?? DEFAULTS.maxHours,
    },
    function: { runtime: file.function?.runtime ?? DEFAULTS.runtime },
    status: { accept: file.status?.accept ?? [] },
  }
}

/** The shortest file that means these settings: defaults are left out. */
export function fromSettings(settings: Settings, schemaUrl?: string): ConfigFile {
  const { okta, session, status } = settings
  const life = {
    ...(session.tokenMinutes !== DEFAULTS.tokenMinutes && { tokenMinutes: session.tokenMinutes }),
    ...(session.maxHours !== DEFAULTS.maxHours && { maxHours: session.maxHours }),
  }
  return {
    ...(schemaUrl !== undefined && { $schema: schemaUrl }),
    version: 1,
    distribution: settings.distribution,
    hosts: settings.hosts,
    behaviors: settings.behaviors,
    okta: {
      orgUrl: okta.orgUrl,
      ...(okta.authorizationServer !== DEFAULTS.authorizationServer && {
        authorizationServer: okta.authorizationServer,
      }),
    },
    allow: settings.allow,
    ...(Object.keys(life).length > 0 && { session: life }),
    ...(settings.function.runtime !== DEFAULTS.runtime && { function: settings.function }),
    ...(status.accept.length > 0 && { status: { accept: status.accept } }),
  }
}
