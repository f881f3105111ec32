'use strict'

/** A new event every time, parsed as Lambda's runtime parses it: handlers may change what they get. */
exports.eventOf = (template, { cookie, path, query = 'quarter=3&view=table' }) =>
  JSON.parse(
    template
      .replace('COOKIES', () => ['_ga=GA1.1.1', cookie, 'theme=dark'].filter(Boolean).join('; '))
      .replace('PATH', () => path)
      .replace('QUERY', () => query),
  )

exports.mustPass = (answer) => {
  if (answer.uri === undefined) throw new Error(`not passed: ${short(answer)}`)
}

exports.mustBe = (status) => (answer) => {
  if (answer.status !== status) throw new Error(`not ${status}: ${short(answer)}`)
}

function short(answer) {
  return JSON.stringify(answer).slice(0, 500)
}
