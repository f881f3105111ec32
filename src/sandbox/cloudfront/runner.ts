/**
 * What runs inside the process of one Lambda instance; its time is the sandbox's. It is text because it has to be written beside
 * the unpacked zip, wherever this tool itself was bundled to.
 */
export const RUNNER = String.raw`'use strict'
const [file, name, functionName, version, arn] = process.argv.slice(2)
process.on('disconnect', () => process.exit(0))
const realNow = Date.now
let ahead = 0
Date.now = () => realNow() + ahead
globalThis.Date = new Proxy(Date, {
  construct: (target, args, self) =>
    Reflect.construct(target, args.length === 0 ? [target.now()] : args, self),
  apply: (target) => new target(target.now()).toString(),
})
let handler
function load() {
  handler ??= require(file)[name]
  if (typeof handler !== 'function') throw new Error('Runtime.HandlerNotFound')
  return handler
}
function run(event, context) {
  return new Promise((resolve, reject) => {
    const done = (error, result) => (error ? reject(error) : resolve(result))
    const returned = load()(event, context, done)
    if (returned && typeof returned.then === 'function') returned.then(resolve, reject)
  })
}
process.on('message', ({ id, event, deadline, now }) => {
  ahead = now - realNow()
  const context = {
    functionName,
    functionVersion: version,
    invokedFunctionArn: arn,
    memoryLimitInMB: '128',
    awsRequestId: id,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - realNow()),
  }
  new Promise((resolve) => resolve(run(event, context))).then(
    (result) => process.send({ id, result }),
    (error) => {
      console.error('Invoke Error', error)
      process.send({ id, failed: true })
    },
  )
})
process.send({ ready: true })
`
