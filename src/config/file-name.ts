/** Apart from the schema, so that naming the file loads no validator. */
export const CONFIG_FILE = 's3-okta-guard.json'
