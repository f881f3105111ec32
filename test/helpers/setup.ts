/** No test may see the operator's credentials or go through a proxy: it talks to 127.0.0.1 only. */
const NOT_FOR_TESTS = /^(AWS_(?!SDK_JS_)|OKTA_|(HTTPS?|ALL|NO)_PROXY$|NODE_EXTRA_CA_CERTS$)/i

for (const name of Object.keys(process.env)) {
  if (NOT_FOR_TESTS.test(name)) delete process.env[name]
}

// Without these the SDK would look into ~/.aws, or ask the instance metadata service.
process.env.AWS_CONFIG_FILE = '/dev/null'
process.env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null'
process.env.AWS_EC2_METADATA_DISABLED = 'true'
